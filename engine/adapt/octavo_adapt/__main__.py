# SPDX-License-Identifier: Apache-2.0
"""python3 -m octavo_adapt: see engine/adapt/README.md."""
import argparse
import json
import os
import sys
import warnings

import torch

from . import Failure
from .adapter_file import load_adapter, training_facts
from .attention import Plan, plan_for
from .data import load_corpus, save_corpus, tokenize
from .evaluate import adapters_beside_none, evaluate, save_report
from .files import sha256_of
from .model import Model
from .train import Settings, Stop, Training

FACTS = 4096            # of a corpus that is made with some; the last of them are kept for evaluation
STOPPED = 130           # exit status, as octavo-cli's


def numbers(text: str) -> tuple:
    return tuple(int(part) for part in text.split(','))


def dims(text: str) -> Plan:
    """As octavo-cli's --dims: 0,1024 or 0,1024+4096@17,18."""
    rows, _, wide = text.partition('+')
    reach, _, layers = wide.partition('@')
    return Plan(numbers(rows), reach=int(reach), wide=numbers(layers)) if wide else Plan(numbers(rows))


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError('at least 1')
    return number


def share(text: str) -> float:
    number = float(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError('between 0 and 1')
    return number


def make_parser():
    parser = argparse.ArgumentParser(prog='octavo_adapt', description='LoRA adapters for tensorized reading with exact asking.')
    commands = parser.add_subparsers(dest='command', required=True)

    def command(name, summary):
        made = commands.add_parser(name, help=summary)
        made.add_argument('--model', required=True, help='a GGUF file')
        made.add_argument('--text', nargs='+', default=[], metavar='BOOK', help='plain texts')
        made.add_argument('--octavo-cli', help='the program that cuts texts into tokens (default: $OCTAVO_CLI, or the one built in this tree)')
        return made

    cut = command('tokenize', 'texts as a corpus file, for a machine without octavo-cli')
    cut.add_argument('--out', required=True, help='the corpus, .npz')
    cut.add_argument('--facts', action='store_true', help='with made-up facts to plant')
    cut.add_argument('--beginnings', type=positive, default=0, metavar='N', help='with what the model itself says of so many beginnings in each text, where it sees nothing else; needs --facts')

    def runs(name, summary):
        made = command(name, summary)
        made.add_argument('--corpus', metavar='FILE', help='instead of --text: what `tokenize` made')
        made.add_argument('--device', choices=['cuda', 'cpu'], default='cuda' if torch.cuda.is_available() else 'cpu')
        made.add_argument('--dims', type=dims, help='the fold, coarsest first, and wide layers: 0,1024+4096@17,18; the first may be 0, as many as needed (default: as the engine reads with this model)')
        return made

    train = runs('train', 'train an adapter')
    train.add_argument('--out', required=True, metavar='ADAPTER.gguf', help='the adapter; beside it OUT.state, to go on from')
    train.add_argument('--length', type=numbers, default=(4096, 8192, 16384, 32768), help='tokens of a sample, one length after the other, for as many steps each')
    train.add_argument('--steps', type=positive, default=600)
    train.add_argument('--step-tokens', type=positive, help='tokens of one step (default: the longest length)')
    train.add_argument('--rank', type=positive, default=16)
    train.add_argument('--alpha', type=float, help='of the adapter (default: twice the rank)')
    train.add_argument('--rate', type=float, default=5e-4, help='learning rate')
    train.add_argument('--asked', type=positive, default=512, help='last tokens of a sample, which attend exactly')
    train.add_argument('--read-weight', type=float, default=1.0, help='of the loss of read tokens')
    train.add_argument('--asked-weight', type=float, default=1.0, help='of the loss of asked tokens')
    train.add_argument('--facts', type=share, default=0.0, help='share of samples with planted facts and questions about them (0 to 1)')
    train.add_argument('--for-asking', action='store_true', help='change asked tokens alone, and leave readings as the model makes them; learns from facts, which are read once for all their questions')
    train.add_argument('--teacher', action='store_true', help='learn to foresee texts as the model itself does with full attention, within its trained context, instead of as they are')
    train.add_argument('--seed', type=positive, default=1)
    train.add_argument('--minutes', type=float, default=0, help='stop after so many, saved; --resume goes on')
    train.add_argument('--save-every', type=float, default=60, metavar='SECONDS')
    train.add_argument('--resume', action='store_true', help='go on from OUT.state if it is there')

    measure = runs('evaluate', 'NLL of held-out texts by length, with and without an adapter')
    measure.add_argument('--adapter')
    measure.add_argument('--length', type=numbers, default=(2048, 4096, 8192, 16384, 32768))
    measure.add_argument('--facts', action='store_true', help='also answers about planted facts')
    measure.add_argument('--report', metavar='PATH', help='writes PATH.json and PATH.md')
    return parser


def corpus_of(arguments, facts: bool):
    if bool(arguments.text) == bool(getattr(arguments, 'corpus', None)):
        raise Failure('Name texts with --text, or a corpus with --corpus, and not both.')
    if arguments.text:
        return tokenize(arguments.model, arguments.text, FACTS if facts else 0, arguments.octavo_cli, getattr(arguments, 'beginnings', 0), say_asked)
    corpus = load_corpus(arguments.corpus)
    if corpus.model_sha256 != sha256_of(arguments.model):
        raise Failure(f'{arguments.corpus} was made for another model file than {arguments.model}; make it anew with `tokenize`.')
    return corpus


def model_of(arguments) -> Model:
    if arguments.device == 'cuda' and not torch.cuda.is_available():
        raise Failure('PyTorch finds no NVIDIA GPU on this machine; take --device cpu.')
    return Model(arguments.model, arguments.device)


def plan_of(arguments, model: Model, with_gates: bool) -> Plan:
    """Beside an adapter's gates the engine takes no wide layers."""
    config = model.config
    plan = arguments.dims or plan_for(config.context, *() if with_gates else (config.name, (config.layers, config.hidden)))
    if len(plan.dims) < 2 or any(size < (n > 0) for n, size in enumerate(plan.dims)) or plan.row < plan.sinks or plan.wide and plan.reach < plan.row:
        raise Failure(f'--dims needs two numbers or more with commas between, the first at least 0, the others 1, the last {plan.sinks}; such as 0,1024.')
    return plan


def say_asked(done: int, of: int):
    print(f'{done} of {of} beginnings asked about', file=sys.stderr)


def run_tokenize(arguments) -> int:
    if arguments.beginnings and not arguments.facts:
        raise Failure('--beginnings are asked about in conversations about facts; add --facts.')
    corpus = corpus_of(arguments, arguments.facts)
    save_corpus(corpus, arguments.out)
    print(json.dumps({'tokens': corpus.tokens(), 'texts': len(corpus.texts), 'facts': len(corpus.facts),
                      'beginnings': len({(text.name, passage.begin) for text in corpus.texts for passage in text.passages if passage.opens})}))
    return 0


def run_train(arguments) -> int:
    state_there = os.path.exists(f'{arguments.out}.state')
    if state_there and not arguments.resume:
        raise Failure(f'{arguments.out}.state is there from an earlier run; go on from it with --resume, or delete it.')
    if not arguments.rate > 0 or min(arguments.read_weight, arguments.asked_weight) < 0 or min(arguments.length) < 16:
        raise Failure('--rate must be above 0, weights of losses at least 0, lengths at least 16.')
    corpus = corpus_of(arguments, arguments.facts > 0 or arguments.for_asking)
    model = model_of(arguments)
    settings = Settings(arguments.length, arguments.steps, arguments.step_tokens or max(arguments.length), arguments.rank,
                        2.0 * arguments.rank if arguments.alpha is None else arguments.alpha, arguments.rate, arguments.asked, arguments.read_weight,
                        arguments.asked_weight, arguments.facts, arguments.for_asking, arguments.teacher, arguments.seed,
                        plan_of(arguments, model, with_gates=not arguments.for_asking))
    training = Training(model, corpus, settings, arguments.out, Stop())
    if state_there:
        training.load_state()
        print(f'Going on after step {training.step} of {settings.steps}.', file=sys.stderr)
    end = training.run(arguments.minutes, arguments.save_every)
    if sys.stderr.isatty():
        print(file=sys.stderr)      # ends the line that replaced itself
    print(json.dumps({'end': end, 'step': training.step, 'steps': settings.steps, 'adapter': arguments.out}))
    if end != 'done':
        print(f'{training.step} of {settings.steps} steps are done and saved; the same command with --resume goes on.', file=sys.stderr)
    return STOPPED if end == 'stopped' else 0


def run_evaluate(arguments) -> int:
    corpus = corpus_of(arguments, arguments.facts)
    if not arguments.facts:
        corpus.facts = []
    model = model_of(arguments)
    adapter = load_adapter(arguments.adapter, model.config, corpus.model_sha256, arguments.device) if arguments.adapter else None
    rows = evaluate(model, adapters_beside_none(adapter), corpus, arguments.length, plan_of(arguments, model, adapter is not None and not adapter.for_asking), lambda row: print(json.dumps(row), flush=True))
    if arguments.report:
        device = torch.cuda.get_device_name() if arguments.device == 'cuda' else 'CPU'
        trained = training_facts(arguments.adapter) if adapter else {}
        save_report(rows, {'model': os.path.basename(arguments.model), 'device': device, 'torch': torch.__version__} | trained, arguments.report)
    return 0


def main() -> int:
    arguments = make_parser().parse_args()
    warnings.filterwarnings('ignore', message='.*non-writable.*|.*not writable.*')
    torch.backends.cuda.matmul.allow_tf32 = True        # 10 bits of mantissa and float32 sums; float32 without it is several times slower
    try:
        return {'tokenize': run_tokenize, 'train': run_train, 'evaluate': run_evaluate}[arguments.command](arguments)
    except Failure as failure:
        print(f'octavo_adapt: {failure}', file=sys.stderr)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and 'out of memory' not in str(error) and "can't allocate memory" not in str(error):
            raise
        print('octavo_adapt: The memory is not enough; shorter lengths (--length) need less.', file=sys.stderr)
    return 1


if __name__ == '__main__':
    sys.exit(main())
