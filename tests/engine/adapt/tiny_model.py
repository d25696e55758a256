# SPDX-License-Identifier: Apache-2.0
"""A model of about 100,000 random weights in GGUF form, nonsense as an answer, with a vocabulary of bytes and ChatML's turns."""
import gguf
import numpy as np

HIDDEN, FEED_FORWARD, LAYERS, CONTEXT = 64, 128, 2, 512
VOCABULARY = 3 + 256 + 1
CHAT = ("{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
        "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}")


def byte_letter(byte):
    """How vocabularies write a byte: as itself where Latin-1 shows it, else as the next free character from U+0100 on."""
    def visible(b):
        return 33 <= b <= 126 or 161 <= b <= 172 or b >= 174
    return chr(byte if visible(byte) else 256 + sum(not visible(b) for b in range(byte)))


def write_tiny_model(path, architecture='llama', heads=4, kv_heads=2, width=16):
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name('Tiny')
    numbers = {'block_count': LAYERS, 'context_length': CONTEXT, 'embedding_length': HIDDEN, 'feed_forward_length': FEED_FORWARD,
               'attention.head_count': heads, 'attention.head_count_kv': kv_heads, 'attention.key_length': width, 'attention.value_length': width}
    for key, number in numbers.items():
        writer.add_uint32(f'{architecture}.{key}', number)
    writer.add_float32(f'{architecture}.rope.freq_base', 10000.0)
    writer.add_float32(f'{architecture}.attention.layer_norm_rms_epsilon', 1e-5)
    tokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'] + [byte_letter(byte) for byte in range(256)] + ['!!']
    writer.add_tokenizer_model('gpt2')
    writer.add_tokenizer_pre('smollm')
    writer.add_token_list(tokens)
    writer.add_token_types([3] * 3 + [1] * 257)
    writer.add_token_merges(['! !'])        # a list must not be empty
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    writer.add_chat_template(CHAT)

    random = np.random.default_rng(1)

    def add(name, *shape, size=1.0):
        writer.add_tensor(name, (size * random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32))

    def add_norm(name, columns):
        writer.add_tensor(name, (1 + 0.1 * random.standard_normal(columns)).astype(np.float32))

    add('token_embd.weight', VOCABULARY, HIDDEN, size=2.0)
    add_norm('output_norm.weight', HIDDEN)
    queries, keys = heads * width, kv_heads * width
    for layer in range(LAYERS):
        block = f'blk.{layer}.'
        add_norm(block + 'attn_norm.weight', HIDDEN)
        add_norm(block + 'ffn_norm.weight', HIDDEN)
        for name, rows, size in (('attn_q', queries, 2.0), ('attn_k', keys, 2.0), ('attn_v', keys, 1.0)):     # large: attention is to be uneven
            add(f'{block}{name}.weight', rows, HIDDEN, size=size)
            if architecture == 'qwen2':
                add(f'{block}{name}.bias', rows)
        add(block + 'attn_output.weight', HIDDEN, queries)
        if architecture == 'qwen3':
            add_norm(block + 'attn_q_norm.weight', width)
            add_norm(block + 'attn_k_norm.weight', width)
        add(block + 'ffn_gate.weight', FEED_FORWARD, HIDDEN)
        add(block + 'ffn_up.weight', FEED_FORWARD, HIDDEN)
        add(block + 'ffn_down.weight', HIDDEN, FEED_FORWARD)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_book(path, words=3000):
    """A text whose words repeat, with people who say something, and a head and a licence that are to be cut."""
    random = np.random.default_rng(2)
    known = [''.join(random.choice(list('aeioulnrst'), size=random.integers(2, 8))) for _ in range(60)]
    lines = [' '.join(known[n] for n in random.integers(len(known), size=10)) for _ in range(words // 10)]
    body = '\n'.join(line + (f'.\n\n“{lines[n - 1]},” said Mrs. {known[n % 60].title()}; {lines[n - 2]}. Then {lines[n - 3]}\n{lines[n - 4]}.\n' if n % 5 == 4 else '')
                     for n, line in enumerate(lines))
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'HEAD\n*** START OF THE BOOK ***\n{body}\n*** END OF THE BOOK ***\nLICENCE\n')
