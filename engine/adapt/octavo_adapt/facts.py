# SPDX-License-Identifier: Apache-2.0
"""Made-up facts that are planted into books, and the questions about them. Names and kinds differ from those of `octavo-cli eval needle`, which stays a fair test."""
from dataclasses import dataclass
import random

PLACES = ['Lyon', 'Bergen', 'Porto', 'Tartu', 'Ghent', 'Turin', 'Malmo', 'Basel', 'Cork', 'Graz', 'Leiden', 'Cadiz', 'Riga', 'Split', 'Utrecht', 'Dundee']
PEOPLE = ['Agnes', 'Bruno', 'Clara', 'Doris', 'Edgar', 'Freda', 'Gustav', 'Hilda', 'Ivo', 'Judith', 'Konrad', 'Lydia', 'Magnus', 'Nora', 'Oscar', 'Paula']
COLOURS = ['red', 'blue', 'green', 'yellow', 'white', 'black', 'brown', 'purple', 'silver', 'golden', 'orange', 'grey']
THINGS = ['lantern', 'compass', 'kettle', 'violin', 'ledger', 'mirror', 'anchor', 'saddle', 'carpet', 'telescope', 'locket', 'drum', 'barrel', 'umbrella']
SYSTEM = 'You are a helpful assistant.'     # these pieces are the window's own (engine/text/chat_template.cpp, app/assistant/local_engine.cpp)
DOCUMENT_INTRO = f'<|im_start|>system\n{SYSTEM}<|im_end|>\n<|im_start|>user\nRead the book below.\n\n'
ANSWER_INTRO = '<|im_end|>\n<|im_start|>assistant\n'
ANSWER_END = '<|im_end|>'
NEXT_QUESTION_INTRO = '\n<|im_start|>user\n'
QUESTION_INTRO = ANSWER_INTRO + 'I have read it. What would you like to know?' + ANSWER_END + NEXT_QUESTION_INTRO
PIECES = [DOCUMENT_INTRO, QUESTION_INTRO, ANSWER_INTRO, ANSWER_END, NEXT_QUESTION_INTRO]


@dataclass(frozen=True)
class Fact:
    """Of strings, or of their token ids."""
    told: object        # what is planted, a paragraph of its own
    question: object
    answer: object


def make_facts(count: int, seed: int) -> list:
    """No two have the same question."""
    choose, facts = random.Random(seed), {}
    while len(facts) < count:
        place, person, colour, thing = (choose.choice(words) for words in (PLACES, PEOPLE, COLOURS, THINGS))
        number = str(choose.randrange(10000, 100000))
        told, question, answer = choose.choice([
            (f'The access code of the {thing} of {place} is {number}. Whoever wants the {thing} of {place} must say {number}.',
             f'What is the access code of the {thing} of {place}?', f'The access code of the {thing} of {place} is {number}.'),
            (f'In those days {person} kept the {colour} {thing} in {place}.',
             f'Where did {person} keep the {colour} {thing}?', f'{person} kept the {colour} {thing} in {place}.'),
            (f'It was well known that the {thing} which {person} brought from {place} was {colour}.',
             f'What colour was the {thing} that {person} brought from {place}?', f'The {thing} that {person} brought from {place} was {colour}.'),
            (f'For the {colour} {thing} from {place} {person} had paid {number} crowns.',
             f'How much did {person} pay for the {colour} {thing} from {place}?', f'{person} paid {number} crowns for the {colour} {thing} from {place}.')])
        facts.setdefault(question, Fact(f'\n\n{told}\n\n', question, answer))
    return list(facts.values())
