#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Adaptation from texts to an adapter that the engine opens, on a tiny model of random weights: it learns, it goes on as if it had never been killed, and the
engine computes with the adapter what was trained.

    adapt_test.py OCTAVO-CLI
Without PyTorch or gguf this says that it was skipped (77).
"""
import contextlib
import io
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
ADAPT = pathlib.Path(__file__).resolve().parents[3] / 'engine' / 'adapt'
sys.path.insert(0, str(ADAPT))
try:
    import numpy as np
    import torch
    from octavo_adapt import Failure, __main__ as program
    from octavo_adapt.adapter_file import load_adapter, save_adapter
    from octavo_adapt.attention import Plan, full_attention
    from octavo_adapt.data import HELD_OUT_FACTS, Sample, Samples, TALK_ROOM, book_text, load_corpus, planted
    from octavo_adapt.evaluate import nll_of, perplexity_sample
    from octavo_adapt.facts import OPEN_QUESTIONS, Passage, QUESTION_INTRO, SHORT_WISH, passages_of
    from octavo_adapt.files import sha256_of, write_whole
    from octavo_adapt.model import Model, fresh_adapter
    from octavo_adapt.own_answers import own_answers
    from octavo_adapt.train import interview_losses, losses, mean
    from tiny_model import write_book, write_tiny_model
except ImportError as error:
    print(f'skipped: {error}')
    sys.exit(77)

CLI = os.path.abspath(sys.argv.pop()) if len(sys.argv) > 1 else ''
SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>']
TRAINING = ['--length', '1024,2048', '--steps', '8', '--rank', '4', '--rate', '0.02', '--asked', '64', '--dims', '0,128', '--facts', '0.4', '--device', 'cpu']


def encode(text):
    """By the tiny model's vocabulary."""
    return [id for part in re.split(r'(<\|\w+\|>)', text) for id in ([SPECIAL.index(part)] if part in SPECIAL else [3 + byte for byte in part.encode()])]


def decode(ids):
    return ''.join(SPECIAL[id] if id < 3 else chr(id - 3) for id in ids)


def command(*arguments):
    """Status, JSON lines and stderr of octavo_adapt, run in this process."""
    out, err, before = io.StringIO(), io.StringIO(), sys.argv
    sys.argv = ['octavo_adapt', *map(str, arguments)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = program.main()
    finally:
        sys.argv = before
    return status, [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def engine(*arguments):
    ran = subprocess.run([CLI, '--json', '--threads', '1', '--precision', 'f32', *map(str, arguments), '--kv', 'f16'], capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


class Adaptation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.model, cls.book, cls.corpus = (cls.folder / name for name in ('tiny.gguf', 'book.txt', 'corpus.npz'))
        write_tiny_model(cls.model)
        write_book(cls.book)
        status, lines, err = command('tokenize', '--model', cls.model, '--text', cls.book, '--facts', '--octavo-cli', CLI, '--out', cls.corpus)
        assert status == 0, err
        cls.tokens = lines[0]['tokens']
        cls.given = ['--model', cls.model, '--corpus', cls.corpus]

    def train(self, name, *more):
        return command('train', *self.given, '--out', self.folder / name, *TRAINING, *more)

    def begin(self, name, lines, how, *more):
        """Trains in a process of its own, which gets the signal `how` after so many steps; its status."""
        path = os.environ | {'PYTHONPATH': str(ADAPT), 'PYTHONDONTWRITEBYTECODE': '1'}
        process = subprocess.Popen([sys.executable, '-m', 'octavo_adapt', 'train', *map(str, self.given), '--out', str(self.folder / name), *TRAINING, '--save-every', '0', *more],
                                   stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=path)
        for _ in range(lines):
            process.stdout.readline()
        process.send_signal(how)
        process.stdout.read()
        process.stdout.close()
        return process.wait()

    def test_learns_and_goes_on_as_if_undisturbed(self):
        status, lines, err = self.train('whole.gguf')
        self.assertEqual(status, 0, err)
        steps, end = lines[:-1], lines[-1]
        self.assertEqual((end['end'], [line['step'] for line in steps]), ('done', list(range(1, 9))))
        self.assertEqual([line['tokens'] for line in steps], [2048] * 8, 'short samples are as many as make the tokens of a long one')
        self.assertLess(steps[-1]['read_loss'], steps[0]['read_loss'] - 1)
        self.assertLess(steps[-1]['asked_loss'], steps[0]['asked_loss'] - 1)
        self.assertNotEqual(steps[-1]['gate_mean'], 4.0)
        whole = (self.folder / 'whole.gguf').read_bytes()

        for name, how, expected in (('killed.gguf', signal.SIGKILL, -signal.SIGKILL), ('stopped.gguf', signal.SIGTERM, 130)):
            with self.subTest(name):
                self.assertEqual(self.begin(name, 3, how), expected)
                self.assertEqual((self.folder / name).exists(), how == signal.SIGTERM, 'a stop leaves what was trained so far')
                self.assertEqual(self.train(name)[0], 1, 'an unfinished run is not overwritten')
                self.assertEqual(self.train(name, '--resume', '--seed', '2')[0], 1, 'nor gone on from with another seed')
                status, lines, err = self.train(name, '--resume')
                self.assertEqual(status, 0, err)
                self.assertTrue(0 < len(lines) - 1 < 7, 'it began anew, or nothing was left to do')
                self.assertEqual((self.folder / name).read_bytes(), whole)

        (self.folder / 'killed.gguf.state').write_bytes((self.folder / 'stopped.gguf.state').read_bytes()[:5000])
        self.assertEqual(self.train('killed.gguf', '--resume')[0], 1, 'half a state')

    def test_learns_to_ask_and_leaves_reading_as_it_is(self):
        status, lines, err = self.train('asking.gguf', '--for-asking')
        self.assertEqual(status, 0, err)
        self.assertLess(lines[-2]['asked_loss'], lines[0]['asked_loss'] - 1)
        self.assertEqual(self.begin('killed-asking.gguf', 3, signal.SIGKILL, '--for-asking'), -signal.SIGKILL)
        self.assertEqual(self.train('killed-asking.gguf', '--for-asking', '--resume')[0], 0)
        self.assertEqual((self.folder / 'killed-asking.gguf').read_bytes(), (self.folder / 'asking.gguf').read_bytes())

        model, corpus, plan = Model(self.model), load_corpus(self.corpus), Plan((0, 128))
        adapter = load_adapter(self.folder / 'asking.gguf', model.config, sha256_of(self.model))
        self.assertTrue(adapter.for_asking)
        self.assertNotIn('octavo.gate', adapter.tensors)
        ids = torch.from_numpy(corpus.texts[0].ids[:700]).long()
        with torch.no_grad():
            plain, asked = (model.hidden(ids, plan, 100, which) for which in (None, adapter))
        self.assertTrue(torch.equal(plain[:600], asked[:600]), 'what is read')
        self.assertGreater((plain[600:] - asked[600:]).abs().max().item(), 0.1)

        # The engine applies it to the model it was made for, whatever stands around it, and to asked tokens alone.
        def figures(*more):
            return (engine('--model', self.model, *more, 'eval', what, self.book, '--tokens', 1300, '--dims', '0,128') for what in ('perplexity', 'needle'))
        (read, found), (read_plain, found_plain) = figures('--adapter', self.folder / 'asking.gguf'), figures()
        self.assertEqual(read['nll_last_1024'], read_plain['nll_last_1024'])
        sample = needle_sample(np.array(encode(book_text(self.book)), np.int32)[5000:], 1300, 64)
        for which, depth in ((adapter, found['depths'][0]), (None, found_plain['depths'][0])):
            self.assertAlmostEqual(nll_of(model, which, sample, plan), depth['nll'], delta=0.002)
        self.assertGreater(abs(found['depths'][0]['nll'] - found_plain['depths'][0]['nll']), 0.1)

    def test_interviews_ask_of_all_that_was_planted(self):
        model, corpus = Model(self.model), load_corpus(self.corpus)
        samples = Samples(corpus, 64, 0, seed=1, for_asking=True)
        held_out = {decode(fact.question) for fact in corpus.facts[-HELD_OUT_FACTS:]}
        passages = {decode(passage.question): passage for passage in samples.passages}
        self.assertGreater(len(passages), 20)
        asked_of, wishes, asked_passages = 0, 0, 0
        for step in range(12):
            interview = samples.interview(6000, step, 0)
            self.assertEqual(len(interview.document), 6000)
            read, questions = decode(interview.document), []
            for talk in interview.talks:
                self.assertLessEqual(len(talk.ids), TALK_ROOM)
                words = decode(talk.ids)
                self.assertTrue(words.startswith(QUESTION_INTRO))
                turns = re.findall(r'<\|im_start\|>user\n(.*?)<\|im_end\|>\n<\|im_start\|>assistant\n(.*?)<\|im_end\|>', words, re.DOTALL)
                wishes += sum(question.endswith(SHORT_WISH) for question, _ in turns)
                turns = [(question.removesuffix(SHORT_WISH), answer) for question, answer in turns]
                is_open = talk is interview.talks[-1]
                self.assertEqual(decode(talk.ids[talk.kept if is_open else talk.taught]), ''.join(answer + '<|im_end|>' for _, answer in turns))
                self.assertFalse((talk.taught if is_open else talk.kept).any())
                for question, answer in turns:
                    self.assertEqual(question in OPEN_QUESTIONS, is_open)
                    if question in passages:
                        passage = passages[question]
                        self.assertIn(decode(samples.stream[passage.begin:passage.end]), read)
                        self.assertEqual(decode(passage.answer), answer)
                        asked_passages += 1
                    elif not is_open:
                        self.assertNotIn(question, held_out)
                        told = next(fact.told for fact in corpus.facts if decode(fact.question) == question and decode(fact.answer) == answer)
                        self.assertTrue(all(decode(part) in read for part in told))
                        questions.append(question)
            self.assertEqual(len(questions), len(set(questions)))
            asked_of += len(questions)
        self.assertGreater(asked_of, 24)
        self.assertTrue(0.25 < wishes / (asked_of + asked_passages + 36) < 0.75)
        self.assertGreater(asked_passages, 12)

        interview, adapter = samples.interview(2048, 0, 0), fresh_adapter(model.config, 4, 8.0, 6.0, seed=1, for_asking=True)
        told, strayed = (sum(each).item() for each in zip(*interview_losses(model, adapter, interview, Plan((0, 128)))))
        self.assertGreater(told, 1)
        self.assertLess(abs(strayed), 1e-3, 'an adapter that changes nothing does not stray')

    def test_books_are_asked_about_what_they_say(self):
        text = ('“It was — née — a truth that everybody knew for certain,” said Mrs. Bennet at last. She had been waiting for the carriage since the morning, and there was\nno '
                'sign of it upon the road. "But I do not know it, sir, nor does anyone in this house!" cried Lydia. Short one.\n\nMr. Long was in the habit of telling everybody '
                'in town that he had never been so happy in his life.\n')
        said, sentence, cried = passages_of(book_text_of(text, self.folder), 9, 1)
        data = text.encode()
        self.assertIn('It was — née — a truth that', said.question)
        self.assertIn('Mrs. Bennet', said.answer)
        self.assertIn('Lydia', cried.answer)
        self.assertTrue(data[said.begin:said.end].decode().endswith('said Mrs. Bennet'))
        told = data[sentence.begin:sentence.end].decode().replace('\n', ' ')
        self.assertTrue(told.startswith('She had') and told.endswith('the road.'))
        begun, rest = (part.split('“')[1].split('”')[0] for part in (sentence.question, sentence.answer))
        self.assertEqual(f'{begun} {rest}', told)
        self.assertEqual(passages_of('No one said a word.', 9, 1), [])

    def test_a_model_is_asked_about_beginnings_that_it_sees_alone(self):
        # A model that says what it read first. What it makes up, and what it says of itself, is not taken.
        scripted = self.folder / 'scripted'
        scripted.write_text(f'''#!{sys.executable}
import json, sys
excerpt = open(sys.argv[sys.argv.index('ask') + 1], encoding='utf-8').read()
question = sys.argv[sys.argv.index('-q') + 1]
name = excerpt.split()[1]
answers = {{'about': f'It tells of {{name}}, who came late to the house.', 'happens': f'It tells of {{name}} and Napoleon, who came late to the house.',
           'characters': f'I believe that {{name}} came late to the house.'}}
print(json.dumps({{'answer': next(answer for word, answer in answers.items() if word in question)}}))
''')
        scripted.chmod(0o755)
        names = ['Adèle', 'Bertram', 'Cecilia', 'Dorian']
        text = 'Contents\n\n' + ''.join(f'\n\nCHAPTER {n}\n\nThen {name} came late to the house, which was dark. {"It rained all day long. " * 200}' for n, name in enumerate(names))
        passages = own_answers(str(scripted), self.model, text, 9, 1)
        self.assertEqual([passage.answer for passage in passages], [f'It tells of {name}, who came late to the house.' for name in names])
        for passage, name in zip(passages, names):
            words = text.encode()[passage.begin:passage.end].decode()
            self.assertTrue(passage.opens and words.lstrip().startswith('CHAPTER') and name in words)
        self.assertEqual(len(own_answers(str(scripted), self.model, text, 2, 1)), 2)

    def test_beginnings_are_asked_about_where_they_begin(self):
        corpus = load_corpus(self.corpus)
        question, answer = encode('What is this about?'), encode('It is about a house.')
        corpus.texts[0].passages.append(Passage(700, 900, np.array(question, np.int32), np.array(answer, np.int32), opens=True))
        begun = 0
        for step in range(12):
            interview = Samples(corpus, 64, 0, seed=1, for_asking=True).interview(2048, step, 0)
            begins = decode(corpus.texts[0].ids[700:705]) in decode(interview.document)[:400]
            asked = sum(decode(talk.ids).count('What is this about?') for talk in interview.talks)
            self.assertEqual(asked, begins)
            begun += begins
        self.assertTrue(2 < begun < 10)

    def test_what_is_told_of_one_thing_keeps_its_order(self):
        corpus = load_corpus(self.corpus)
        lists = [fact for fact in corpus.facts[:-HELD_OUT_FACTS] if len(fact.told) > 3]
        self.assertGreater(len(lists), 20)
        document, _ = planted(corpus, corpus.texts[0].ids, lists[:8], 4096, np.random.default_rng(3))
        read = decode(document)
        for fact in lists[:8]:
            places = [read.index(decode(told)) for told in fact.told]
            self.assertEqual(places, sorted(places))

    def test_a_teacher_teaches_to_read_as_with_full_attention(self):
        model, corpus = Model(self.model), load_corpus(self.corpus)
        ids = corpus.texts[0].ids[:500]
        loss, is_read, is_asked = losses(model, None, Sample(ids, 64, np.ones(500, bool)), full_attention(500), exact=True, teacher=True)
        self.assertLess(loss[is_read].abs().max().item(), 1e-5, 'what reads with full attention has nothing to learn')
        folded = Plan((0, 128), gate=0.0)
        loss, is_read, _ = losses(model, None, Sample(ids, 64, np.ones(500, bool)), folded, exact=True, teacher=True)
        self.assertLess(loss[:127].abs().max().item(), 1e-5, 'the first row is full attention')
        self.assertGreater(loss[128:][is_read[128:]].mean().item(), 1e-5)
        # What facts answer is learnt from the facts, and beyond the trained context there is no teacher: both are the NLL.
        sample = Samples(corpus, 64, 1.0, seed=1).sample(model.config.context, 1, 0)
        taught, plain = (losses(model, None, sample, folded, exact=True, teacher=teacher)[0] for teacher in (True, False))
        self.assertTrue(torch.allclose(taught[-sample.answers:], plain[-sample.answers:], atol=1e-4))
        self.assertFalse(torch.allclose(taught[:-sample.answers], plain[:-sample.answers], atol=1e-4))
        longer = Sample(np.resize(ids, model.config.context + 1), 0, np.ones(model.config.context + 1, bool))
        taught, plain = (losses(model, None, longer, folded, exact=True, teacher=teacher)[0] for teacher in (True, False))
        self.assertTrue(torch.equal(taught, plain))

        status, lines, err = self.train('taught.gguf', '--teacher', '--length', '512', '--facts', '0', '--rate', '0.002')
        self.assertEqual(status, 0, err)
        adapter = load_adapter(self.folder / 'taught.gguf', model.config, sha256_of(self.model))
        with torch.no_grad():
            before, after = (mean(*losses(model, which, Sample(ids, 64, np.ones(500, bool)), Plan((0, 128)), exact=True, teacher=True)[:2]).item() for which in (None, adapter))
        self.assertLess(after, before)

    def test_bfloat16_points_the_same_way(self):
        """What a GPU does, on the CPU."""
        model, gradients = Model(self.model), []
        sample = Sample(load_corpus(self.corpus).texts[0].ids[:600], 64, np.ones(600, bool))
        for cast in (contextlib.nullcontext(), torch.autocast('cpu', torch.bfloat16)):
            model.autocast = lambda cast=cast: cast
            adapter = fresh_adapter(model.config, 4, 8.0, 4.0, seed=1)
            for name, tensor in adapter.tensors.items():
                if name.endswith('.lora_b'):
                    tensor.normal_(0, 0.1, generator=torch.Generator().manual_seed(2))
                tensor.requires_grad_()
            nll, is_read, is_asked = losses(model, adapter, sample, Plan((0, 128)))
            (mean(nll, is_read) + mean(nll, is_asked)).backward()
            gradients.append({name: tensor.grad.flatten() for name, tensor in adapter.tensors.items()})
        for name, exact in gradients[0].items():
            self.assertGreater(torch.nn.functional.cosine_similarity(exact, gradients[1][name], 0).item(), 0.98, name)

    def test_minutes_end_it_saved(self):
        status, lines, _ = self.train('short.gguf', '--minutes', '0.00001')
        self.assertEqual((status, lines[-1]['end'], lines[-1]['step']), (0, 'minutes', 1))
        status, lines, _ = self.train('short.gguf', '--minutes', '0.00001', '--resume')
        self.assertEqual((status, lines[-1]['step']), (0, 2), 'each run gets on')

    def test_engine_computes_what_was_trained(self):
        tokens, plan, asked = 1300, Plan((0, 128)), 64
        for architecture, heads, kv_heads, width in (('llama', 4, 2, 16), ('qwen2', 4, 1, 32), ('qwen3', 2, 2, 32)):
            with self.subTest(architecture):
                path, file = self.folder / f'{architecture}.gguf', self.folder / f'{architecture}-adapter.gguf'
                write_tiny_model(path, architecture, heads, kv_heads, width)
                model = Model(path)
                # Random shares and gates, so large that everything about them shows: a trained adapter of a nonsense model hardly looks back.
                random = torch.Generator().manual_seed(3)
                adapter = fresh_adapter(model.config, 4, 8.0, 4.0, seed=1)
                for name, tensor in adapter.tensors.items():
                    if not name.endswith('.lora_a'):
                        tensor.add_(torch.randn(tensor.shape, generator=random), alpha=0.2 if name.endswith('.lora_b') else 2.0)
                save_adapter(adapter, model.config, {'model_sha256': sha256_of(path)}, file)
                loaded = load_adapter(file, model.config, sha256_of(path))
                ids = np.array(encode(book_text(self.book)), np.int32)

                read = engine('--model', path, '--adapter', file, 'eval', 'perplexity', self.book, '--tokens', tokens, '--dims', '0,128')['nll_last_1024']
                sample = perplexity_sample(ids, tokens, False)
                self.assertAlmostEqual(nll_of(model, loaded, sample, plan), read, delta=0.002)
                for other, other_plan in ((None, plan), (loaded, Plan((0, 64)))):
                    self.assertGreater(abs(nll_of(model, other, sample, other_plan) - read), 0.01, 'what is compared does not show in what is measured')

                found = engine('--model', path, '--adapter', file, 'eval', 'needle', self.book, '--tokens', tokens, '--dims', '0,128')['depths'][0]
                sample = needle_sample(ids[5000:], tokens, asked)
                self.assertAlmostEqual(nll_of(model, loaded, sample, plan), found['nll'], delta=0.002)
                unasked = Sample(sample.ids, 0, sample.counted)
                self.assertGreater(abs(nll_of(model, loaded, unasked, plan) - found['nll']), 0.01, 'asking does not show')

    def test_trained_adapter_opens_in_the_engine(self):
        self.assertEqual(self.train('opened.gguf', '--steps', '2')[0], 0)
        model = Model(self.model)
        loaded = load_adapter(self.folder / 'opened.gguf', model.config, sha256_of(self.model))
        sample = perplexity_sample(load_corpus(self.corpus).texts[0].ids, 1300, False)
        read = engine('--model', self.model, '--adapter', self.folder / 'opened.gguf', 'eval', 'perplexity', self.book, '--tokens', 1300, '--dims', '0,128')
        self.assertAlmostEqual(nll_of(model, loaded, sample, Plan((0, 128))), read['nll_last_1024'], delta=0.002)

    def test_evaluates_beside_no_adapter(self):
        self.assertEqual(self.train('judged.gguf', '--steps', '3')[0], 0)
        status, lines, err = command('evaluate', *self.given, '--adapter', self.folder / 'judged.gguf', '--dims', '0,128', '--length', '1024,1500,999999', '--facts',
                                     '--report', self.folder / 'report', '--device', 'cpu')
        self.assertEqual(status, 0, err)
        self.assertEqual(lines.pop(), {'text': 'book.txt', 'length': 999999, 'tokens': self.tokens}, 'what is left out is said')
        self.assertEqual([line['length'] for line in lines], [1024, 1500])
        for line in lines:
            for kind in ('read', 'asked', 'facts'):
                self.assertLess(line[kind]['adapter'], line[kind]['no adapter'])
        self.assertEqual(json.loads((self.folder / 'report.json').read_text())['rows'], lines)
        self.assertIn('1500', (self.folder / 'report.md').read_text())

    def test_facts_are_planted_asked_and_answered(self):
        corpus = load_corpus(self.corpus)
        self.assertEqual(corpus.texts[0].ids.tolist(), encode(book_text(self.book)), 'the tokens are not the text')
        samples = Samples(corpus, 64, 1.0, seed=1)
        held_out = {decode(fact.question) for fact in corpus.facts[-HELD_OUT_FACTS:]}
        for number in range(20):
            sample = samples.sample(8192, 1, number)
            read, talk = decode(sample.ids[:-sample.asked]), decode(sample.ids[-sample.asked:])
            self.assertEqual(len(sample.ids), 8192)
            self.assertTrue(talk.startswith(QUESTION_INTRO))
            turns = re.findall(r'<\|im_start\|>user\n(.*?)<\|im_end\|>\n<\|im_start\|>assistant\n(.*?)<\|im_end\|>', talk)
            self.assertGreater(len(turns), 1)
            self.assertEqual(decode(sample.ids[-sample.asked:][sample.counted[-sample.asked:]]), ''.join(answer + '<|im_end|>' for _, answer in turns))
            for question, answer in turns:
                self.assertNotIn(question, held_out)
                told = next(fact.told for fact in corpus.facts if decode(fact.question) == question and decode(fact.answer) == answer)
                for part in told:
                    self.assertIn(decode(part), read)
        again = samples.sample(8192, 1, 19)
        self.assertTrue((again.ids == sample.ids).all() and (samples.sample(8192, 2, 19).ids != sample.ids).any())

    def test_what_a_person_can_cause_ends_in_a_sentence(self):
        picture, small, other = self.folder / 'picture.txt', self.folder / 'small.txt', self.folder / 'other.gguf'
        picture.write_bytes(bytes(range(256)) * 20)
        small.write_text('Short.')
        write_tiny_model(other, heads=2)
        with_texts = ['--octavo-cli', CLI, '--out', self.folder / 'none.gguf', '--device', 'cpu', '--model', self.model]
        rows = [(['train', '--text', 'missing.txt', *with_texts], 'missing.txt'), (['train', '--text', picture, *with_texts], 'picture.txt'),
                (['train', '--text', small, *with_texts], 'length'), (['train', *with_texts], '--text'),
                (['train', '--corpus', self.model, *with_texts], 'tiny.gguf'), (['train', '--text', small, *with_texts, '--dims', '1024'], '--dims'),
                (['train', '--text', small, *with_texts, '--octavo-cli', '/nowhere'], '/nowhere'),
                (['train', '--model', 'missing.gguf', '--corpus', self.corpus, '--out', 'x'], 'missing.gguf'),
                (['train', '--model', other, '--corpus', self.corpus, '--out', 'x'], 'corpus.npz'),
                (['train', '--model', self.book, '--corpus', self.corpus, '--out', 'x'], 'book.txt'),
                (['evaluate', *self.given, '--adapter', self.model, '--device', 'cpu'], 'tiny.gguf'),
                (['evaluate', *self.given, '--length', '999999', '--device', 'cpu'], '999999'),
                (['tokenize', '--model', self.model, '--text', self.book, '--octavo-cli', CLI, '--out', '/nowhere/x.npz'], '/nowhere/x.npz'),
                (['tokenize', '--model', self.model, '--text', self.book, '--octavo-cli', CLI, '--out', 'x', '--beginnings', '2'], '--beginnings'),
                (['train', '--corpus', self.damaged_corpus(), *with_texts], 'damaged.npz')]
        for arguments, named in rows:
            with self.subTest(named):
                status, lines, err = command(*arguments)
                self.assertEqual(status, 1)
                self.assertEqual(len(err.strip().splitlines()), 1, err)
                self.assertIn(named, err)

    def damaged_corpus(self):
        path = self.folder / 'damaged.npz'
        with np.load(self.corpus) as file:
            arrays = dict(file)
        np.savez(path, **(arrays | {'ends': arrays['ends'][:-3]}))
        return path

    def test_a_file_is_there_whole_or_not_at_all(self):
        path = self.folder / 'kept'
        path.write_text('old')

        def fail(partial):
            pathlib.Path(partial).write_text('ha')
            raise OSError(28, 'No space left on device')
        with self.assertRaises(Failure):
            write_whole(path, fail)
        self.assertEqual(path.read_text(), 'old')


def book_text_of(text, folder):
    (folder / 'said.txt').write_text(text, encoding='utf-8')
    return book_text(folder / 'said.txt')


def needle_sample(filler, tokens, asked):
    """The first of `octavo-cli eval needle`: a fact at a tenth of the text."""
    intro = encode('<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nRead the book below. There is one important fact hidden in it.\n\n')
    fact = encode('\n\nThe secret number of Lisbon is 48213. Remember it. 48213 is the secret number of Lisbon.\n\n')
    question = encode('\n\nWhat is the secret number of Lisbon?<|im_end|>\n<|im_start|>assistant\nThe secret number of Lisbon is')
    answer = encode(' 48213')
    room = tokens - len(intro) - len(fact) - len(question) - len(answer)
    at = int(room * 0.1)
    ids = np.concatenate((intro, filler[:at], fact, filler[at:room], question, answer)).astype(np.int32)
    return Sample(ids, asked, np.arange(tokens) >= tokens - len(answer))


if __name__ == '__main__':
    unittest.main()
