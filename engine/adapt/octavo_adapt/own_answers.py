# SPDX-License-Identifier: Apache-2.0
"""What a model answers itself where it sees the beginning alone, to be answered alike with the whole text before it (context distillation: Snell et al. 2022, arXiv 2209.15189).

A small model tells what a page is about, and loses itself where a hundred lie open. Its answers are taken only where they name nothing that the excerpt does not name, and say it
for the most part in the excerpt's own words."""
import json
import os
import random
import re
import subprocess
import tempfile

from . import Failure
from .facts import Passage

EXCERPT = 4000          # characters
LONGEST = 64            # tokens of an answer
SHORTEST = 6            # words of it
LONGER = 5              # letters of a longer word,
OWN_WORDS = 0.5         # of which so many must be the excerpt's

HEADING = re.compile(r'\n *(?:CHAPTER|Chapter|LETTER|Letter|BOOK|Book|PART|Part|VOLUME|Volume)\b[^\n]{0,60}\n+')
NOT_OF_A_TEXT = re.compile(r"\b(?:I|I'm|I’m|my|me|you|your|classic|novel by|sorry)\b")

# How the model is asked, and how a person may ask.
QUESTIONS = {
    'What is this about?': ['What is this about?', 'What is this book about?', 'What is it about?', 'What is the text about?', 'Tell me what this is about.', 'What is the story about?'],
    'What happens here?': ['How does the story begin?', 'What happens at the beginning?', 'How does it begin?', 'What happens in this book?'],
    'Who are the main characters?': ['Who are the main characters?', 'Which people appear in it?', 'Who are the people in this book?']}


def own_answers(program: str, model, text: str, count: int, seed: int, say=lambda done, of: None) -> list:
    """Passages of `text`, their places in bytes: at most `count` beginnings, of chapters where there are any, and what `model` answers about them. octavo-cli asks it."""
    choose, passages = random.Random(seed), []
    begins = [match.span() for match in HEADING.finditer(text)] or [match.span() for match in re.finditer(r'\n\n+', text)]
    begins = [(begin, body) for begin, body in begins if body + EXCERPT < len(text)]
    begins = sorted(choose.sample(begins, min(count, len(begins))))
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, 'excerpt.txt')
        for done, (begin, body) in enumerate(begins):
            excerpt = text[body:body + EXCERPT]
            with open(file, 'w', encoding='utf-8') as out:
                out.write(excerpt)
            for question, ways in QUESTIONS.items():
                answer = answer_of(program, model, folder, file, question)
                if is_grounded(answer, excerpt):
                    passages.append(Passage(len(text[:begin].encode()), len(text[:body + EXCERPT].encode()), choose.choice(ways), answer, opens=True))
            say(done + 1, len(begins))
    return passages


def answer_of(program: str, model, folder: str, file: str, question: str) -> str:
    command = [program, '--json', '--data-dir', os.path.join(folder, 'data'), '--model', str(model), '--no-own-adapter', 'ask', file, '-q', question, '--short', '--max-tokens', str(LONGEST)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    told = json.loads(ran.stdout) if ran.stdout.startswith('{') else {}
    if ran.returncode:
        raise Failure(told.get('error', f'{program} ended with status {ran.returncode} where it was to ask {model}.'))
    return told['answer'].strip()


def is_grounded(answer: str, excerpt: str) -> bool:
    """Whether it is a sentence or two about the excerpt, and names and numbers in it are the excerpt's."""
    known, words = set(re.findall(r'\w+', excerpt)), re.findall(r'\w+', answer)
    named = re.findall(r'(?<=[\w,;:“"] )[“"]?([A-Z]\w+|\d+)', answer)
    longer = [word for word in words if len(word) >= LONGER]
    is_whole = len(words) >= SHORTEST and re.search(r'[.!]["”]?$', answer) and len(re.findall(r'[.!?](?: |$)', answer)) <= 2
    return (is_whole and not NOT_OF_A_TEXT.search(answer) and all(word in known for word in named)
            and sum(word in known or word.lower() in known for word in longer) >= OWN_WORDS * len(longer))
