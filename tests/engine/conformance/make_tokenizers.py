"""Writes tests/engine/conformance/tokenizers/*.json: small vocabularies and the ids that their own libraries give.

    pip install sentencepiece protobuf tokenizers transformers gguf torch
    python make_tokenizers.py BOOKS_FOLDER [DEFAULT_MODEL.gguf]

strings.json        500 strings in more than 20 scripts, the same for all vocabularies.
spm-*.json          sentencepiece models: pieces (id order), types of those that are not NORMAL, scores of those that are not minus their rank.
bpe-*.json          byte-level BPE of Hugging Face `tokenizers`, with the split of each family: merges, tokens that no merge makes, added tokens.
                    Ids: the 256 byte letters in the order of their code points, then what the merges make, then the other two.
smollm2.json        ids of the default model's own vocabulary (left as it is without DEFAULT_MODEL).

Ids stand as "count:hash", the hash being the first 8 hex digits of the SHA-256 of the ids as little-endian int32; of books it is the whole hash.
Nothing of this is needed to build or test Octavo.
"""
import hashlib, json, os, random, struct, sys, tempfile

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as spm_pb
from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokenizers")
BOOKS = ["frankenstein.txt", "middlemarch.txt", "moby-dick.txt"]

# A few sentences in each script; mostly the first article of the Universal Declaration of Human Rights.
SENTENCES = {
    "Latin": "All human beings are born free and equal. L'été où naît l'œuvre, ça coûte 3,50 €. Größe über Straßenbahn! Tiếng Việt có dấu. İstanbul'da ığdır. Łódź",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι. Ὁ λόγος ἦν ἀρχῇ· τί;",
    "Cyrillic": "Все люди рождаются свободными и равными. Ґанок їхній під'їзд. Ђорђе Ћосић. Объём № 5",
    "Armenian": "Բոլոր մարդիկ ծնվում են ազատ ու հավասար։ Ինչո՞ւ",
    "Georgian": "ყველა ადამიანი იბადება თავისუფალი. ᲡᲐᲥᲐᲠᲗᲕᲔᲚᲝ",
    "Hebrew": "כל בני אדם נולדו בני חורין. בְּרֵאשִׁית בָּרָא אֱלֹהִים",
    "Arabic": "يولد جميع الناس أحرارًا متساوين. بِسْمِ ٱللَّهِ ٣٫١٤ ۱۲۳ پژوهش‌گر",
    "Syriac": "ܟܠ ܒܪܢܫܐ ܒܪܝܠܗ ܚܐܪܐ ܘܒܪܒܪ",
    "Devanagari": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता। १२३ क्षत्रिय",
    "Bengali": "সমস্ত মানুষ স্বাধীনভাবে জন্মগ্রহণ করে। ৪৫৬",
    "Gurmukhi": "ਸਾਰਾ ਮਨੁੱਖੀ ਪਰਿਵਾਰ ਆਪਣੀ ਮਹਿਮਾ ਤੇ ਆਜ਼ਾਦ ਹੈ।",
    "Gujarati": "પ્રતિષ્ઠા અને અધિકારોની દૃષ્ટિએ સર્વ માનવો સ્વતંત્ર છે.",
    "Tamil": "மனிதப் பிறிவியினர் சகலரும் சுதந்திரமாகவே பிறக்கின்றனர். ௧௨௩",
    "Telugu": "ప్రతిపత్తిస్వత్వముల విషయమున మానవులెల్లరు స్వతంత్రులు.",
    "Kannada": "ಎಲ್ಲಾ ಮಾನವರೂ ಸ್ವತಂತ್ರರಾಗಿಯೇ ಜನಿಸಿದ್ದಾರೆ.",
    "Malayalam": "മനുഷ്യരെല്ലാവരും സ്വതന്ത്രരായി ജനിച്ചിട്ടുള്ളവരാണ്.",
    "Sinhala": "සියලු මනුෂ්‍යයෝ නිදහස්ව උපත ලබා ඇත. ශ්‍රී ලංකාව",
    "Thai": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกัน ๑๒๓ ที่นี่",
    "Lao": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ",
    "Tibetan": "འགྲོ་བ་མིའི་རིགས་རྒྱུད་ཡོངས་ལ་སྐྱེས་ཙམ་ཉིད་ནས།",
    "Myanmar": "လူတိုင်းသည် တူညီ လွတ်လပ်သော ဂုဏ်သိက္ခာဖြင့် မွေးဖွားသည်။",
    "Khmer": "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព។ ០១២",
    "Ethiopic": "የሰው ልጅ ሁሉ ሲወለድ ነጻና በክብርም እኩልነት ያለው ነው። ፩፪፫",
    "Cherokee": "ᏂᎦᏓ ᎠᏂᏴᏫ ᎨᏥᎾᏬᎭ ꭰꮒᏼꮻ",
    "Hangul": "모든 인간은 태어날 때부터 자유로우며 평등하다. 한글 자모",
    "Kana": "すべての人間は、生れながらにして自由であり、カタカナｶﾞ「東京」ーッ々",
    "Han": "人人生而自由，在尊严和权利上一律平等。繁體字：國家 𠀀𪚥 〇一二三",
    "Mongolian": "ᠬᠦᠮᠦᠨ ᠪᠦᠷ ᠲᠥᠷᠥᠵᠦ ᠮᠡᠨᠳᠡᠯᠡᠬᠦ᠎ᠡ",
    "Syllabics": "ᐃᓅᔪᓕᒫᑦ ᐊᓂᖅᑎᕆᔪᓕᒫᑦ ᐃᓅᓚᐅᖅᐳᑦ",
    "Gothic": "𐌰𐌻𐌻𐌰𐌹 𐌼𐌰𐌽𐌽𐌰 𐍆𐍂𐌴𐌹𐌷𐌰𐌻𐍃 𐐔𐐯𐑅𐐨𐑉𐐯𐐻",
    "Emoji": "🚀 👩‍🚀 👨‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇯🇵 👍🏽 ☎️ 1️⃣ 🧑🏿‍🤝‍🧑🏻 ❤️‍🔥",
    "Maths": "∀x∈ℝ: ⌈x⌉ = −⌊−x⌋, ∑ᵢ₌₁ⁿ xᵢ² ≤ ½ √2 × 10⁻³ Ⅳ ⅷ ① 𝔸𝓑𝒸 ㎏ ﬁ ﷺ ‰",
    "Code": "int main(int argc, char **argv) {\n\treturn 0x1F << 3; // it's\n} def f(x): return x**2 if x!=0 else None\r\n\t\tfoo_bar->baz[i++] += \"\\n\"; <a href='#'>&amp;</a> $PATH ~/.bashrc",
    "Prose": "It's I'VE we'll they'd I'm 'S 'Tis don’t … “quotes” — dash–dash; 1,234.56 and 12345678 (a) [b] {c}?! No.7 x86_64 C++20 U.S.A.",
}
SPACES = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", " \n ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u1680", "\u2028", "\u0085", "\u180e", "\v", "\f", "", ", ", "-", "_", "1", "23", "4567"]
BY_HAND = [
    "", " ", "  ", "\n", "\n\n\n", "\t", "\r", "\r\n\r\n", " a", "a ", " a ", "a  b", "a\u00a0b", "\u00a0", "\u3000", "\ufeffbegin", "\ufeff", "a\u0000b", "\u0000",
    "\u0001\u0002\u0003", "\u0004\u0005", "\u001b[0m", "\u007f", "\u0080\u009f", "\u00ad", "e\u0301", "\u0301", "a\u0308\u0323\u0301", "\u1100\u1161\u11a8", "\u202eabc\u202c", "\u2066x\u2069",
    "\ue000", "\uf8ff", "\U0010fffd", "\uffff", "\ufffe", "\ufffd", "\U000e0001\U000e0061", "\u0e33\u0e4d", "<0x41>", "<0x0A>", "<|im_start|>user\nhi<|im_end|>\n", "<|im_start|>", "<|im_end|><|im_end|>", "<|im_", "<|im_start|><|im_start|>x",
    "[INST] hi [/INST]", "<<SYS>>", "<|endoftext|", "|>", "'", "''", "'s", "'S", "'re've", "I'Ll", "ſ'ſ", "K'K", "'\u017f", "0", "00", "000", "0000", "1234567890" * 3, "1.5e-10", "١٢٣٤٥", "½¾", "²³", "ⅫⅩ", "七八九",
    "a" * 40, "ab" * 40, " " * 40, "\n" * 40, "\t" * 17, "-" * 70, "=" * 33, "." * 50, "!?" * 20, "的" * 30, "🚀" * 10, "\u200d" * 5, "é" * 20, "e\u0301" * 20, "ก็" * 10, "x \n\n  y", "x\n \ny", "  \n", "\n  x", " \t \n \t ", "a\tb\tc", "a\u2028b\u2029c",
    "Ishmael", " Ishmael", "Call me Ishmael.", "Zarathustra zarathustra  Zarathustra", "https://example.org/a?b=c&d=%20#e", "user@example.com", "C:\\Users\\x", "{\"a\": [1, 2.5, null]}", "| a | b |\n|---|---|", "#include <vector>\n\nint x;\n", "if (a && b || !c) {}\n    return;\n", "SELECT * FROM t WHERE a='b';",
]


def strings():
    rng = random.Random(4)
    out = list(BY_HAND)
    for text in SENTENCES.values():
        out.append(text)
    names = list(SENTENCES)
    while len(out) < 500:
        name = names[len(out) % len(names)]
        words = SENTENCES[name].split(" ")
        other = SENTENCES[rng.choice(names)].split(" ")
        picked = [rng.choice(words if rng.random() < 0.8 else other) for _ in range(rng.randint(1, 7))]
        text = "".join(word + rng.choice(SPACES) for word in picked)
        if rng.random() < 0.2:
            text = "".join(rng.sample(text, len(text)))   # characters in any order: marks without a base, half an emoji
        if rng.random() < 0.2:
            text = text.upper() if rng.random() < 0.5 else " " + text
        out.append(text)
    assert len(out) == 500 and not any("\u2581" in text or "<s>" in text for text in out)   # U+2581 is tested apart: Octavo keeps it
    return out


def sha(ids):
    return hashlib.sha256(struct.pack("<%di" % len(ids), *ids)).hexdigest()


def expected(encode, texts, books):
    return {"strings": ["%d:%s" % (len(ids), sha(ids)[:8]) for ids in map(encode, texts)],
            "books": {name: "%d:%s" % (len(ids), sha(ids)) for name, ids in ((name, encode(text)) for name, text in books.items())}}


def write(name, data):
    with open(os.path.join(OUT, name), "w", encoding="utf-8") as out:
        json.dump(data, out, ensure_ascii=False, separators=(",", ":"))
        out.write("\n")
    print(name, os.path.getsize(os.path.join(OUT, name)))


# --- sentencepiece -----------------------------------------------------------------------------------------------------------------------

def train_spm(corpus, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "corpus.txt")
        with open(path, "w", encoding="utf-8") as out:
            out.write(corpus)
        spm.SentencePieceTrainer.train(input=path, model_prefix=os.path.join(folder, "m"), model_type="bpe", byte_fallback=True,
                                       normalization_rule_name="identity", remove_extra_whitespaces=False, num_threads=2, minloglevel=2, **options)
        model = spm_pb.ModelProto()
        with open(os.path.join(folder, "m.model"), "rb") as trained:
            model.ParseFromString(trained.read())
        return model


def write_spm(name, model, texts, books):
    processor = spm.SentencePieceProcessor(model_proto=model.SerializeToString())
    types = {str(id): piece.type for id, piece in enumerate(model.pieces) if piece.type != 1}
    normal = [id for id, piece in enumerate(model.pieces) if piece.type in (1, 5)]
    scores = {str(id): model.pieces[id].score for rank, id in enumerate(normal) if model.pieces[id].score != -rank}
    write(name, {"pieces": [piece.piece for piece in model.pieces], "types": types, "scores": scores,
                 "space_prefix": model.normalizer_spec.add_dummy_prefix, **expected(processor.encode, texts, books)})


def make_spm(texts, books):
    corpus = "\n".join([text[:400_000] for text in books.values()] + 3 * texts)
    # As Llama 2 and Mistral were trained.
    model = train_spm(corpus, vocab_size=1500, character_coverage=0.9997, split_digits=True, allow_whitespace_only_pieces=True, max_sentence_length=4192)
    write_spm("spm-llama.json", model, texts, books)

    # Pieces across spaces, scripts and line ends: few places where a text may be cut.
    model = train_spm(corpus, vocab_size=1500, character_coverage=0.9997, split_by_whitespace=False, split_by_unicode_script=False, split_by_number=False,
                      add_dummy_prefix=False, allow_whitespace_only_pieces=True)
    for piece, text in zip(list(model.pieces)[-6:], ["\n", "\n\n", "\r\n", "\n\n\n\n", "\n\u2581\u2581", ".\n"]):
        piece.piece, piece.score = text, -5.5
    write_spm("spm-crossing.json", model, texts, books)

    # User-defined pieces, which only SpecialTokens::Parse may find, and unused ones, which merges pass through.
    model = train_spm(corpus, vocab_size=1200, character_coverage=0.9995, add_dummy_prefix=False, user_defined_symbols=["<|im_start|>", "<|im_end|>", "<|im_"])
    normal = [piece for piece in model.pieces if piece.type == 1]
    for piece in normal[:300:5]:
        piece.type = 5
    write_spm("spm-types.json", model, texts, books)


# --- byte-level BPE ----------------------------------------------------------------------------------------------------------------------

WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
CASED_WORDS = (r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
               r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*")


def split(words, number, after_marks=r"\r\n"):
    pattern = words + "|" + number + r"| ?[^\s\p{L}\p{N}]+[" + after_marks + r"]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


# tokenizer.ggml.pre: the pre-tokenizer of the family's tokenizer.json. Qwen2's also brings a text into NFC first; Octavo does not, since tokens
# must lie on the text's own bytes, so that step is left out here.
SPLITS = {
    "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    "smollm": pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]),
    "llama-bpe": split(WORDS, r"\p{N}{1,3}"),
    "qwen2": split(WORDS, r"\p{N}"),
    "tekken": split(CASED_WORDS, r"\p{N}", r"\r\n/"),
}
ADDED = ["<|im_start|>", "<|im_end|>", "<|im_start|><|im_start|>"]


def make_bpe(pre, texts, books):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = SPLITS[pre]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=256 + 1500, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([text[:400_000] for text in books.values()] + 3 * texts, trainer)
    merges = [tuple(merge) for merge in json.loads(tokenizer.to_str())["model"]["merges"]]

    vocabulary = {letter: id for id, letter in enumerate(sorted(alphabet))}
    for left, right in merges:
        vocabulary.setdefault(left + right, len(vocabulary))
    unmerged = ["Zarathustra", "ĠIshmael", "<|im_"]   # whole words that no merge makes: llama-bpe and tekken take them nevertheless
    for word in unmerged:
        assert word not in vocabulary
        vocabulary[word] = len(vocabulary)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, ignore_merges=pre in ("llama-bpe", "tekken")))
    tokenizer.pre_tokenizer = SPLITS[pre]
    literal = expected(lambda text: tokenizer.encode(text).ids, texts, books)
    tokenizer.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in ADDED])
    parsed = expected(lambda text: tokenizer.encode(text).ids, texts, {})["strings"]
    write("bpe-%s.json" % pre, {"pre": pre, "merges": [" ".join(merge) for merge in merges], "unmerged": unmerged, "added": ADDED, **literal,
                                "parsed": {str(n): ids for n, ids in enumerate(parsed) if ids != literal["strings"][n]}})


def make_smollm2(path, texts):
    from transformers import AutoTokenizer
    tokenizer = AutoTokenizer.from_pretrained(os.path.dirname(path), gguf_file=os.path.basename(path)).backend_tokenizer
    tokenizer.pre_tokenizer = SPLITS["smollm"]   # the GGUF import forgets the first step
    # It passes over bytes that the vocabulary lacks; Octavo reads those as U+FFFD.
    encode = lambda text: tokenizer.encode(text, add_special_tokens=False)
    whole = [tokenizer.decode(encode(text).ids, skip_special_tokens=False) == text for text in texts]
    ids = expected(lambda text: encode(text).ids, texts, {})["strings"]
    write("smollm2.json", {"strings": [ids[n] if whole[n] else None for n in range(len(texts))]})


def main():
    os.makedirs(OUT, exist_ok=True)
    texts = strings()
    books = {}
    for name in BOOKS:
        with open(os.path.join(sys.argv[1], name), encoding="utf-8", newline="") as book:
            books[name] = book.read()
    write("strings.json", texts)
    make_spm(texts, books)
    for pre in SPLITS:
        make_bpe(pre, texts, books)
    if len(sys.argv) > 2:
        make_smollm2(sys.argv[2], texts)


main()
