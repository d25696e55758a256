# SPDX-License-Identifier: Apache-2.0
"""Texts as token ids, by the engine's own tokenizer, and the samples that are cut out of them.

A corpus file (.npz, made by `tokenize`) carries them to machines without octavo-cli.
"""
from dataclasses import dataclass, field, replace
import hashlib
import json
import os
import re
import subprocess
import tempfile

import numpy as np

from . import Failure
from .facts import Fact, OPEN_QUESTIONS, PIECES, Passage, make_facts, passages_of
from .files import sha256_of, write_whole
from .model import open_gguf, value
from .own_answers import own_answers

CONTROL = 3             # the type of a vocabulary's tokens that are no text
HELD_OUT_FACTS = 64     # of a corpus's facts, the last: never trained on
MOST_FACTS = 6          # asked about in one sample
PASSAGES = 400          # of each kind, in a text
ASKED_PASSAGES = 6      # of a document
OPENED = 0.5            # of documents begin where something is asked about their beginnings, if anything is
FACTS_SEED = 20         # one set of facts for everybody, so that a corpus is the same wherever it is made
PLANTED = 1 / 6         # of a document that is asked about, at most: facts
QUESTIONS = 8           # of one conversation about facts, at most
TALK_ROOM = 1024        # tokens of a conversation, at most
OPEN_ANSWER = 48        # tokens of an answer to an open question


@dataclass(frozen=True)
class Text:
    name: str
    sha256: str         # of the file
    ids: np.ndarray     # int32
    passages: list = field(default_factory=list)    # Passages of its tokens, in their order


@dataclass
class Corpus:
    model_sha256: str
    texts: list
    pieces: list = field(default_factory=list)      # ids of facts.PIECES; empty without facts
    open_questions: list = field(default_factory=list)
    facts: list = field(default_factory=list)       # Facts of ids
    model_hash: str = ''                            # the engine's, by which it knows for which model an adapter was made

    def tokens(self) -> int:
        return sum(len(text.ids) for text in self.texts)

    def identity(self) -> list:
        return [[text.name, text.sha256] for text in self.texts]


@dataclass
class Sample:
    ids: np.ndarray     # [T] int32
    asked: int          # so many at the end attend exactly
    counted: np.ndarray # [T] bool: whether it is to be foreseen
    answers: int = 0    # so many at the end are questions and answers about facts, which only the answers themselves teach


@dataclass
class Talk:
    """A conversation about a document."""
    ids: np.ndarray         # [n] int32
    taught: np.ndarray      # [n] bool: whether it is to be foreseen
    kept: np.ndarray        # [n] bool: whether it is to be foreseen as the model does without adapter


@dataclass
class Interview:
    """A document that is read once, and conversations that do not know of each other."""
    document: np.ndarray    # [R] int32
    talks: list


def book_text(path) -> str:
    """Without byte order mark and Project Gutenberg's head and licence, single line ends joined to spaces, as `octavo-cli eval` cuts books."""
    try:
        with open(path, encoding='utf-8-sig', errors='replace') as file:
            text = file.read()
    except OSError as error:
        raise Failure(f'{path} cannot be read: {error.strerror}.') from None
    if '\0' in text:
        raise Failure(f'{path} is not a plain text; save it as one first.')
    head, tail = text.find('*** START'), text.find('*** END')
    return re.sub(r'(?<!\n)\n(?!\n)', ' ', text[max(head, 0):tail if tail > 0 else None])


class Tokenizer:
    """octavo-cli's: what is trained on is what the engine will read."""

    def __init__(self, program, model):
        self.program, self.model, self.model_hash = find_program(program), model, ''

    def ids(self, text: str, literal: bool) -> np.ndarray:
        return self.tokens(text, literal)[0]

    def tokens(self, text: str, literal: bool) -> tuple:
        """Ids, and the byte at which each begins."""
        with tempfile.NamedTemporaryFile('wb', suffix='.txt') as file:
            file.write(text.encode())
            file.flush()
            command = [self.program, '--json', '--model', str(self.model), 'tokenize', '--file', file.name] + ['--literal'] * literal
            try:
                ran = subprocess.run(command, capture_output=True, text=True, check=False)
            except OSError as error:
                raise Failure(f'{self.program} cannot be run: {error.strerror}.') from None
        if ran.returncode:
            raise Failure(json.loads(ran.stdout)['error'] if ran.stdout else f'{self.program} ended with status {ran.returncode}; is it a whole build of octavo-cli?')
        told = json.loads(ran.stdout)
        self.model_hash = told['model_hash']
        return np.array(told['ids'], np.int32), np.array(told['begins'], np.int64)

    def ids_of_pieces(self, pieces: list) -> list:
        """Each by itself, in one run: a control token, which no merge crosses, stands between them."""
        reader = open_gguf(self.model)
        spellings, kinds = value(reader, 'tokenizer.ggml.tokens', []), value(reader, 'tokenizer.ggml.token_type', [])
        joined = ''.join(pieces)
        border = next((n for n, kind in enumerate(kinds) if kind == CONTROL and spellings[n] not in joined), None)
        if border is None or '<|im_start|>' not in value(reader, 'tokenizer.chat_template', ''):
            raise Failure(f'Facts are asked about in ChatML, which {self.model} does not use; train without --facts.')
        ids = self.ids(spellings[border].join(pieces), literal=False)
        cuts = np.flatnonzero(ids == border)
        return [piece[piece != border] for piece in np.split(ids, cuts)]


def find_program(program) -> str:
    """octavo-cli: the one that was named, here or by the environment, or a build of the tree that this file is in."""
    program = program or os.environ.get('OCTAVO_CLI')
    if program:
        return program
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), *['..'] * 3)
    builds = [os.path.join(root, 'build', preset, 'bin', 'octavo-cli') for preset in ('release', 'dev')]
    found = [build for build in builds if os.path.exists(build)]
    if not found:
        raise Failure('Texts are cut into tokens by octavo-cli, which was not found; build it (./dev build) or name it with --octavo-cli.')
    return found[0]


def tokenize(model, paths, with_facts: int, program=None, beginnings: int = 0, say=lambda done, of: None) -> Corpus:
    """The texts' ids and, where wanted, so many facts', and in each text so many beginnings that the model is asked about, which takes a second or two each with a small one."""
    tokenizer = Tokenizer(program, model)
    corpus = Corpus(sha256_of(model), [])
    for number, path in enumerate(paths):
        text = book_text(path)
        ids, begins = tokenizer.tokens(text, literal=True)
        passages = passages_of(text, PASSAGES, FACTS_SEED + number) if with_facts else []
        passages += own_answers(tokenizer.program, model, text, beginnings, FACTS_SEED + number, say) if beginnings else []
        corpus.texts.append(Text(os.path.basename(path), sha256_of(path), ids, [in_tokens(passage, begins) for passage in passages]))
    corpus.model_hash = tokenizer.model_hash
    if with_facts:
        corpus.pieces, corpus.open_questions, corpus.facts = PIECES, OPEN_QUESTIONS, make_facts(with_facts, FACTS_SEED)
        put_together(corpus, shape_of(corpus), tokenizer.ids_of_pieces(taken_apart(corpus)))
    return corpus


def in_tokens(passage: Passage, begins: np.ndarray) -> Passage:
    """With all tokens that have a share in it."""
    begin = int(np.searchsorted(begins, passage.begin, 'right')) - 1
    return replace(passage, begin=max(begin, 0), end=int(np.searchsorted(begins, passage.end, 'left')))


def taken_apart(corpus: Corpus) -> list:
    """All that is strings, or their ids, beside the texts."""
    facts = [part for fact in corpus.facts for part in (*fact.told, fact.question, fact.answer)]
    return [*corpus.pieces, *corpus.open_questions, *facts] + [part for text in corpus.texts for passage in text.passages for part in (passage.question, passage.answer)]


def shape_of(corpus: Corpus) -> dict:
    """What taken_apart() forgets."""
    return {'pieces': len(corpus.pieces), 'open_questions': len(corpus.open_questions), 'told': [len(fact.told) for fact in corpus.facts],
            'passages': [[[passage.begin, passage.end, passage.opens] for passage in text.passages] for text in corpus.texts]}


def put_together(corpus: Corpus, shape: dict, parts: list):
    """What taken_apart() took apart. ValueError: it was not of this shape."""
    wanted = shape['pieces'] + shape['open_questions'] + sum(count + 2 for count in shape['told']) + 2 * sum(len(spans) for spans in shape['passages'])
    if len(parts) != wanted or len(shape['passages']) != len(corpus.texts):
        raise ValueError(f'{wanted} parts are told of, {len(parts)} are there')
    rest = iter(parts)
    corpus.pieces, corpus.open_questions = ([next(rest) for _ in range(shape[name])] for name in ('pieces', 'open_questions'))
    corpus.facts = [Fact(tuple(next(rest) for _ in range(count)), next(rest), next(rest)) for count in shape['told']]
    for text, spans in zip(corpus.texts, shape['passages']):
        text.passages[:] = [Passage(begin, end, next(rest), next(rest), opens) for begin, end, opens in spans]


def save_corpus(corpus: Corpus, path):
    parts = taken_apart(corpus)
    heads = json.dumps({'model_sha256': corpus.model_sha256, 'model_hash': corpus.model_hash, 'texts': corpus.identity(), **shape_of(corpus)})
    arrays = {f'text{n}': text.ids for n, text in enumerate(corpus.texts)}

    def write(partial):
        with open(partial, 'wb') as file:
            np.savez_compressed(file, heads=np.array(heads), parts=np.concatenate(parts + [np.zeros(0, np.int32)]),
                                ends=np.cumsum([len(part) for part in parts], dtype=np.int64), **arrays)
    write_whole(path, write)


def load_corpus(path) -> Corpus:
    try:
        with np.load(path, allow_pickle=False) as file:
            heads = json.loads(str(file['heads']))
            parts = np.split(file['parts'], file['ends'][:-1]) if len(file['ends']) else []
            texts = [Text(name, sha256, file[f'text{n}']) for n, (name, sha256) in enumerate(heads['texts'])]
            corpus = Corpus(heads['model_sha256'], texts, model_hash=heads['model_hash'])
            put_together(corpus, heads, parts)
    except (OSError, ValueError, KeyError) as error:
        raise Failure(f'{path} cannot be read as a corpus: {error}; make it anew with `tokenize`.') from None
    return corpus


class Samples:
    """Samples follow from seed, step and number alone: a run that goes on meets those that it would have met."""

    def __init__(self, corpus: Corpus, asked: int, fact_share: float, seed: int, for_asking=False):
        self.corpus, self.asked, self.fact_share, self.seed, self.needs_facts = corpus, asked, fact_share, seed, fact_share > 0 or for_asking
        self.stream = np.concatenate([text.ids for text in corpus.texts])
        firsts = np.cumsum([0] + [len(text.ids) for text in corpus.texts])
        passages = [replace(passage, begin=passage.begin + first, end=passage.end + first) for text, first in zip(corpus.texts, firsts) for passage in text.passages]
        self.passages = [passage for passage in passages if not passage.opens]
        self.openings = {}      # those that open a document, by where it begins
        for passage in sorted((passage for passage in passages if passage.opens), key=lambda passage: passage.begin):
            self.openings.setdefault(passage.begin, []).append(passage)
        if self.needs_facts and len(corpus.facts) <= HELD_OUT_FACTS:
            raise Failure('The corpus holds no facts to train on; make it anew with `tokenize --facts`.')

    def check(self, length: int):
        if len(self.stream) < length:
            raise Failure(f'The texts have {len(self.stream)} tokens together, fewer than the length {length}; give more texts or a shorter --length.')
        if self.needs_facts:
            most = max(self.corpus.facts, key=tokens_of)
            ask_facts(self.corpus, self.stream[:length], [most], np.random.default_rng(0))

    def sample(self, length: int, step: int, number: int) -> Sample:
        random = np.random.default_rng([self.seed, step, number])
        begin = int(random.integers(len(self.stream) - length + 1))
        piece = self.stream[begin:begin + length]
        if random.random() >= self.fact_share:
            return Sample(piece, min(self.asked, length // 2), np.ones(length, bool))
        known = self.corpus.facts[:-HELD_OUT_FACTS]
        chosen = random.choice(len(known), size=min(MOST_FACTS, len(known)), replace=False)
        return ask_facts(self.corpus, piece, [known[n] for n in chosen], random)

    def interview(self, length: int, step: int, number: int) -> Interview:
        """A document of `length` tokens with planted facts, conversations about all of them, about its beginning and some of its own passages, and one of open questions, whose answers
        are anything from the texts: what is to be kept is how the model goes on, whatever stands there."""
        random = np.random.default_rng([self.seed, step, number])
        begins = [begin for begin in self.openings if begin + length <= len(self.stream)]
        begin = int(random.choice(begins)) if begins and random.random() < OPENED else int(random.integers(len(self.stream) - length + 1))
        known, facts, tokens = self.corpus.facts[:-HELD_OUT_FACTS], [], 0
        for n in random.permutation(len(known)):
            tokens += sum(len(told) for told in known[n].told)
            if facts and tokens > PLANTED * length:
                break
            facts.append(known[n])
        document, cuts = planted(self.corpus, self.stream[begin:begin + length], facts, length, random)
        passages = [passage for passage in self.passages if begin <= passage.begin and passage.end <= begin + cuts[-1]
                    and not ((passage.begin - begin < cuts) & (cuts < passage.end - begin)).any()]
        asked = facts + self.openings.get(begin, []) + [passages[n] for n in random.permutation(len(passages))[:ASKED_PASSAGES]]
        talks = []
        for together in self._questions_together([asked[n] for n in random.permutation(len(asked))]):
            turns = [(fact.question, fact.answer) for fact in together]
            ids, is_answer = talk_about(self.corpus, turns, random.random(len(turns)) < 0.5)
            talks.append(Talk(ids, is_answer, np.zeros(len(ids), bool)))
        answers = random.integers(len(self.stream) - OPEN_ANSWER, size=3)
        questions = random.choice(len(self.corpus.open_questions), size=len(answers), replace=False)
        turns = [(self.corpus.open_questions[n], self.stream[at:at + OPEN_ANSWER]) for n, at in zip(questions, answers)]
        ids, is_answer = talk_about(self.corpus, turns, random.random(len(turns)) < 0.5)
        return Interview(document, talks + [Talk(ids, np.zeros(len(ids), bool), is_answer)])

    def _questions_together(self, facts: list) -> list:
        """Facts and passages by conversations."""
        around, talks, room = sum(len(piece) for piece in self.corpus.pieces[1:]), [[]], TALK_ROOM
        for fact in facts:
            tokens = around + len(fact.question) + len(fact.answer)
            if talks[-1] and (tokens > room or len(talks[-1]) == QUESTIONS):
                talks.append([])
                room = TALK_ROOM
            talks[-1].append(fact)
            room -= tokens
        return talks


def tokens_of(fact: Fact) -> int:
    return sum(len(part) for part in (*fact.told, fact.question, fact.answer))


def planted(corpus: Corpus, piece: np.ndarray, facts: list, length: int, random) -> tuple:
    """A document of `length` tokens: as much of `piece` as there is room for, with what the facts tell at random places, each fact's in its order; and these places, and the end, in `piece`."""
    owners = random.permutation([n for n, fact in enumerate(facts) for _ in fact.told])
    rests = [iter(fact.told) for fact in facts]
    tellings = [next(rests[n]) for n in owners]
    room = length - len(corpus.pieces[0]) - sum(len(told) for told in tellings)
    if room < 0:
        raise Failure(f'A length of {length} has no room for a fact and its question; take a longer one.')
    cuts = np.sort(random.integers(room + 1, size=len(tellings)))
    book = [corpus.pieces[0]]
    for begin, end, told in zip([0, *cuts], cuts, tellings):
        book += [piece[begin:end], told]
    return np.concatenate(book + [piece[cuts[-1]:room]]).astype(np.int32), np.append(cuts, room)


def talk_about(corpus: Corpus, turns: list, wishes: list) -> tuple:
    """Ids of questions and answers [(question, answer)], behind some of which (`wishes`) a short answer is asked for, and whether each id is of an answer or its end."""
    _, question_intro, answer_intro, answer_end, next_question_intro, short_wish = corpus.pieces
    ids, is_answer = [], []
    for n, ((question, answer), wish) in enumerate(zip(turns, wishes)):
        asked = [next_question_intro if n else question_intro, question] + [short_wish] * bool(wish) + [answer_intro]
        for part, answers in [(part, False) for part in asked] + [(answer, True), (answer_end, True)]:
            ids.append(part)
            is_answer.append(np.full(len(part), answers))
    return np.concatenate(ids).astype(np.int32), np.concatenate(is_answer)


def ask_facts(corpus: Corpus, piece: np.ndarray, facts: list, random) -> Sample:
    """As many of `facts` as fit into an eighth of the length, planted at random places, then asked about in another order. Answers are counted, questions not."""
    costs = np.cumsum([tokens_of(fact) for fact in facts])
    fitting = facts[:max(1, int((costs < len(piece) / 8).sum()))]
    talk, is_answer = talk_about(corpus, [(fitting[n].question, fitting[n].answer) for n in random.permutation(len(fitting))], [False] * len(fitting))
    book, _ = planted(corpus, piece, fitting, len(piece) - len(talk), random)
    return Sample(np.concatenate((book, talk)), len(talk), np.concatenate((np.ones(len(book), bool), is_answer)), len(talk))
