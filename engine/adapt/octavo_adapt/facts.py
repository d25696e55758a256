# SPDX-License-Identifier: Apache-2.0
"""Made-up facts that are planted into books, and the questions about them; and questions about what books say themselves. Names, kinds and wordings differ from those that
`octavo-cli eval` hides, which stays a fair test."""
from dataclasses import dataclass
import random
import re

PLACES = ['Lyon', 'Trieste', 'Porto', 'Tartu', 'Ghent', 'Turin', 'Malmo', 'Basel', 'Cork', 'Graz', 'Leiden', 'Cadiz', 'Vilnius', 'Split', 'Utrecht', 'Dundee']
PEOPLE = ['Adele', 'Bruno', 'Clara', 'Doris', 'Edgar', 'Freda', 'Gustav', 'Hilda', 'Ivo', 'Judith', 'Kasper', 'Lydia', 'Magnus', 'Nora', 'Oscar', 'Paula']
FAMILIES = ['Aldren', 'Bexley', 'Corvin', 'Dunmore', 'Ferrant', 'Gower', 'Hartog', 'Imrie', 'Jessop', 'Kerslake', 'Lorimer', 'Maddox', 'Norring', 'Ostler']
COLOURS = ['red', 'blue', 'green', 'yellow', 'white', 'black', 'brown', 'purple', 'silver', 'golden', 'orange', 'grey']
THINGS = ['lantern', 'compass', 'kettle', 'violin', 'ledger', 'mirror', 'anchor', 'saddle', 'carpet', 'telescope', 'locket', 'drum', 'barrel', 'umbrella']
ROOMS = ['cellar', 'attic', 'stable', 'chapel', 'kitchen', 'library', 'tower', 'garden', 'laundry', 'workshop', 'granary', 'gallery']
WORDS = ['maple', 'harbour', 'thimble', 'walnut', 'glacier', 'feather', 'pepper', 'orchard', 'bramble', 'candle', 'thunder', 'marble', 'clover', 'ribbon']
VERBS = ['open', 'close', 'read', 'write', 'find', 'move', 'copy', 'clean', 'start', 'reset', 'paint', 'fetch']
NOUNS = ['Window', 'Account', 'Packet', 'Record', 'Cursor', 'Session', 'Buffer', 'Label', 'Socket', 'Table', 'Widget', 'Queue']
FOLDERS = ['app', 'base', 'io', 'model', 'parts', 'shared', 'util', 'web']
SYSTEM = 'You are a helpful assistant.'     # these pieces are the window's own (engine/text/chat_template.cpp, app/assistant/local_engine.cpp)
DOCUMENT_INTRO = f'<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nRead the book below.\n\n'
ANSWER_INTRO = '<|im_end|>\n<|im_start|>assistant\n'
ANSWER_END = '<|im_end|>'
NEXT_QUESTION_INTRO = '\n<|im_start|>user\n'
QUESTION_INTRO = ANSWER_INTRO + 'I have read it. What would you like to know?' + ANSWER_END + NEXT_QUESTION_INTRO
SHORT_WISH = ' Answer in one sentence.'   # behind a question, where the window asks a small model
PIECES = [DOCUMENT_INTRO, QUESTION_INTRO, ANSWER_INTRO, ANSWER_END, NEXT_QUESTION_INTRO, SHORT_WISH]
# What a person may ask without a fact in mind. An adapter is to answer them as the model does without it.
OPEN_QUESTIONS = ['What is this book about?', 'Who are the main characters?', 'Summarize what happens.', 'How does the story begin?', 'What mood is it written in?',
                  'What does the author think of society?', 'Describe the place in which it happens.', 'Which themes come up most often?', 'Why is this book still read?',
                  'What could happen next?', 'Explain the most difficult passage in simple words.', 'List the most important events.', 'Who tells the story?',
                  'What did you like best?', 'Hello, who are you?', 'Write a short poem about it.']


@dataclass(frozen=True)
class Fact:
    """Of strings, or of their token ids."""
    told: tuple             # what is planted, each a paragraph of its own, at places of its own, one behind the other
    question: object
    answer: object


class Chance:
    """One drawing of all that a fact may be made of."""

    def __init__(self, choose: random.Random):
        self.choose = choose
        self.place, self.other_place = choose.sample(PLACES, 2)
        self.first, self.other_first = choose.sample(PEOPLE, 2)
        self.person = f'{self.first} {choose.choice(FAMILIES)}' if choose.random() < 0.5 else self.first
        self.colour, self.thing, self.room = choose.choice(COLOURS), choose.choice(THINGS), choose.choice(ROOMS)
        self.things = choose.sample(THINGS, choose.randrange(2, 5))
        self.people = choose.sample(PEOPLE, choose.randrange(2, 6))
        self.numbers = [str(choose.randrange(10 ** 3, 10 ** 7)) for _ in range(choose.randrange(2, 6))]
        self.number = str(choose.randrange(10 ** choose.randrange(2, 7), 10 ** 7))
        self.word, self.other_word = choose.sample(WORDS, 2)
        self.mark = '-'.join(''.join(choose.choice('0123456789abcdef') for _ in range(4)) for _ in range(choose.randrange(2, 6)))
        self.hour = f'{choose.randrange(1, 13)}:{choose.randrange(60):02}'
        self.functions = [f'{choose.choice(VERBS)}{choose.choice(NOUNS)}{choose.choice(NOUNS)}' for _ in range(4)]
        self.files = [f'{choose.choice(FOLDERS)}/{choose.choice(VERBS)}_{choose.choice(NOUNS).lower()}.js' for _ in range(2)]

    def among(self, *ways: str) -> str:
        return self.choose.choice(ways)


    def shuffled(self, *told: str) -> tuple:
        return tuple(self.choose.sample(told, len(told)))


def one(thing: str) -> str:
    return ('an ' if thing[0] in 'aeiou' else 'a ') + thing


def listed(things: list) -> str:
    return ', '.join(things[:-1]) + f' and {things[-1]}'


def access_code(c: Chance) -> Fact:
    told = c.among(f'The access code of the {c.thing} of {c.place} is {c.number}. Whoever wants the {c.thing} of {c.place} must say {c.number}.',
                   f'They had agreed upon {c.number} as the access code of the {c.thing} of {c.place}.', f'Access code of the {c.thing} of {c.place}: {c.number}.')
    return Fact((told,), c.among(f'What is the access code of the {c.thing} of {c.place}?', f'Tell me the access code of the {c.thing} of {c.place}.'),
                f'The access code of the {c.thing} of {c.place} is {c.number}.')


def keeping(c: Chance) -> Fact:
    told = c.among(f'In those days {c.person} kept the {c.colour} {c.thing} in {c.place}.', f'The {c.colour} {c.thing} was kept by {c.person} at the house in {c.place}.')
    return Fact((told,), c.among(f'Where did {c.person} keep the {c.colour} {c.thing}?', f'In which town did {c.person} keep the {c.colour} {c.thing}?'),
                f'{c.person} kept the {c.colour} {c.thing} in {c.place}.')


def colour(c: Chance) -> Fact:
    return Fact((f'It was well known that the {c.thing} which {c.person} brought from {c.place} was {c.colour}.',),
                c.among(f'What colour was the {c.thing} that {c.person} brought from {c.place}?', f'{c.person} brought {one(c.thing)} from {c.place}. Which colour did it have?'),
                f'The {c.thing} that {c.person} brought from {c.place} was {c.colour}.')


def price(c: Chance) -> Fact:
    told = c.among(f'For the {c.colour} {c.thing} from {c.place} {c.person} had paid {c.number} crowns.',
                   f'“{c.number} crowns,” said {c.person}, “is what I gave for the {c.colour} {c.thing} from {c.place}.”')
    return Fact((told,), c.among(f'How much did {c.person} pay for the {c.colour} {c.thing} from {c.place}?', f'How many crowns did the {c.colour} {c.thing} from {c.place} cost {c.person}?'),
                f'{c.person} paid {c.number} crowns for the {c.colour} {c.thing} from {c.place}.')


def who(c: Chance) -> Fact:
    return Fact((c.among(f'It was {c.person} who found the {c.colour} {c.thing} in the {c.room} at {c.place}.',
                         f'Nobody but {c.person} could have found the {c.colour} {c.thing} in the {c.room} at {c.place}; and so it was.'),),
                c.among(f'Who found the {c.colour} {c.thing} in the {c.room} at {c.place}?', f'By whom was the {c.colour} {c.thing} found in the {c.room} at {c.place}?'),
                f'The {c.colour} {c.thing} in the {c.room} at {c.place} was found by {c.person}.')


def password(c: Chance) -> Fact:
    words = f'{c.word} {c.other_word}'
    return Fact((f'At the {c.room} of {c.place} the guard lets in only those who whisper “{words}”.',),
                c.among(f'What must one whisper at the {c.room} of {c.place}?', f'Which words open the {c.room} of {c.place}?'),
                f'At the {c.room} of {c.place} one must whisper “{words}”.')


def coach(c: Chance) -> Fact:
    return Fact((f'The coach from {c.place} to {c.other_place} left at {c.hour}, as it did every day.',),
                c.among(f'When does the coach from {c.place} to {c.other_place} leave?', f'At what time did the coach go from {c.place} to {c.other_place}?'),
                f'The coach from {c.place} to {c.other_place} leaves at {c.hour}.')


def mark(c: Chance) -> Fact:
    return Fact((c.among(f'The parcel for {c.person} in {c.place} bears the mark {c.mark}.', f'{c.mark}, it said upon the parcel for {c.person} in {c.place}.'),),
                c.among(f'Which mark does the parcel for {c.person} in {c.place} bear?', f'What is written on the parcel for {c.person} in {c.place}?'),
                f'The parcel for {c.person} in {c.place} bears the mark {c.mark}.')


def one_among_alike(c: Chance) -> Fact:
    """The others are told, and not asked about."""
    places = c.choose.sample(PLACES, 4)
    codes = [str(c.choose.randrange(10 ** 4, 10 ** 7)) for _ in places]
    n = c.choose.randrange(len(places))
    return Fact(tuple(f'The lock of the {c.thing} at {place} opens at {code}.' for place, code in zip(places, codes)),
                c.among(f'At which number does the lock of the {c.thing} at {places[n]} open?', f'What opens the lock of the {c.thing} at {places[n]}?'),
                f'The lock of the {c.thing} at {places[n]} opens at {codes[n]}.')


def two_at_once(c: Chance) -> Fact:
    codes = [str(c.choose.randrange(10 ** 4, 10 ** 7)) for _ in range(2)]
    things = [f'{c.thing} of {c.place}', f'{c.choose.choice(THINGS)} of {c.other_place}']
    return Fact(tuple(f'Engraved upon the {thing} is the number {code}.' for thing, code in zip(things, codes)),
                c.among(f'Which numbers are engraved upon the {things[0]} and the {things[1]}?', f'What is engraved upon the {things[0]}, and what upon the {things[1]}?'),
                f'Engraved upon the {things[0]} is {codes[0]}, and upon the {things[1]} {codes[1]}.')


def lottery(c: Chance) -> Fact:
    told = c.among('At the lottery of {place} the number {number} was drawn.', '“{number}!” cried the crier; so one more number was drawn at the lottery of {place}.',
                   'One of the numbers drawn at the lottery of {place} was {number}.')
    return Fact(tuple(told.format(place=c.place, number=number) for number in c.numbers),
                c.among(f'Which numbers were drawn at the lottery of {c.place}?', f'List all numbers that were drawn at the lottery of {c.place}.', f'What are all the numbers of the lottery of {c.place}?'),
                f'The numbers drawn at the lottery of {c.place} were {listed(c.numbers)}.')


def guests(c: Chance) -> Fact:
    return Fact(tuple(c.among(f'{person} came to the feast at {c.place} as well.', f'To the feast at {c.place} came {person}.', f'At the feast of {c.place} {person} was seen.') for person in c.people),
                c.among(f'Who came to the feast at {c.place}?', f'Name everybody who was at the feast of {c.place}.', f'Which guests did the feast at {c.place} have?'),
                f'To the feast at {c.place} came {listed(c.people)}.')


def sales(c: Chance) -> Fact:
    return Fact(tuple(f'At the market of {c.place} {c.person} sold {one(thing)} for {c.choose.randrange(2, 90)} pence.' for thing in c.things),
                c.among(f'Which things did {c.person} sell at the market of {c.place}?', f'What was sold by {c.person} at the market of {c.place}?'),
                f'At the market of {c.place} {c.person} sold {listed([one(thing) for thing in c.things])}.')


def charge(c: Chance) -> Fact:
    """Two steps, said one after the other."""
    told = c.shuffled(f'The charge of the {c.colour} {c.thing} was given to {c.person}.', f'By day and by night {c.person} stayed in the {c.room} of {c.place}.')
    return Fact(told, c.among(f'In which room stayed whoever had the charge of the {c.colour} {c.thing}?', f'Where is the one to be found who has the charge of the {c.colour} {c.thing}?'),
                f'{c.person} had the charge of the {c.colour} {c.thing} and stayed in the {c.room} of {c.place}.')


def price_of_a_maker(c: Chance) -> Fact:
    """Two steps at once."""
    told = c.shuffled(f'The best {c.thing} of {c.place} was made by {c.person}.', f'{c.person} asked {c.number} crowns for everything, and would not bargain.')
    return Fact(told, f'How many crowns did the maker of the best {c.thing} of {c.place} ask?', f'The maker of the best {c.thing} of {c.place} asked {c.number} crowns.')


def function_file(c: Chance) -> Fact:
    """What a file defines, beside another that only calls it."""
    name, second, third, caller = c.functions
    body = f'==== {c.files[0]} ====\n\nfunction {second}(list) {{\n  return list.length;\n}}\n\nfunction {name}(list) {{\n  return {second}(list) + 1;\n}}\n\nfunction {third}() {{\n  return {name}([]);\n}}'
    other = f'==== {c.files[1]} ====\n\nfunction {caller}(list) {{\n  return {name}(list) * 2;\n}}'
    return Fact(c.shuffled(body, other), c.among(f'Which file holds the definition of {name}?', f'Where is {name} defined?'), f'{name} is defined in {c.files[0]}.')


KINDS = [access_code, keeping, colour, price, who, password, coach, mark, one_among_alike, two_at_once, lottery, guests, sales, charge, price_of_a_maker, function_file]


def make_facts(count: int, seed: int) -> list:
    """No two have the same question."""
    choose, facts = random.Random(seed), {}
    while len(facts) < count:
        fact = choose.choice(KINDS)(Chance(choose))
        facts.setdefault(fact.question, Fact(tuple(f'\n\n{told}\n\n' for told in fact.told), fact.question, fact.answer))
    return list(facts.values())


@dataclass(frozen=True)
class Passage:
    """A piece of a text, in bytes of the text or in its tokens, and what can be asked about it."""
    begin: int
    end: int
    question: object        # of strings, or of token ids
    answer: object
    opens: bool = False     # asked only of a document that begins with it


SAID = re.compile(r'["“]([^"“”\n]{30,240}?)[,.!?]["”],? (?:said|cried|replied|answered|exclaimed|returned|continued|observed) '
                  r'((?:Mrs?\. |Miss |Lady |Sir |Captain |Colonel )?[A-Z][a-z]+(?: [A-Z][a-z]+)?)\b')
SENTENCE = re.compile(r'(?<=[a-z]{3}[.!?] )[A-Z][^.!?"“”\n]{90,220}[a-z]{3}\.(?=[ \n])')     # not behind "Mrs."


def passages_of(text: str, count: int, seed: int) -> list:
    """At most so many of each kind, spread over the text: who said something, and how a sentence goes on."""
    choose, found = random.Random(seed), []

    def some(pattern):
        matches = list(pattern.finditer(text))
        return choose.sample(matches, min(count, len(matches)))

    for match in some(SAID):
        words, name = match[1].split(), match[2]
        said = ' '.join(words[:choose.randrange(6, 14)])
        question = choose.choice([f'Who said “{said}”?', f'Who says “{said}” in this book?', f'Whose words are “{said}”?'])
        found.append((match.span(), question, choose.choice([f'{name} said it.', f'It was {name} who said “{said}”.'])))
    for match in some(SENTENCE):
        words = match[0].split()
        half = len(words) * choose.randrange(4, 7) // 10
        question = choose.choice(['How does the sentence go on that begins “{}”?', 'Complete the sentence of the book: “{}”']).format(' '.join(words[:half]))
        found.append((match.span(), question, f'It goes on: “{" ".join(words[half:])}”'))

    passages, done, size = [], 0, 0
    for (begin, end), question, answer in sorted(found):
        size, done = size + len(text[done:begin].encode()), begin
        passages.append(Passage(size, size + len(text[begin:end].encode()), question, answer))
    return passages
