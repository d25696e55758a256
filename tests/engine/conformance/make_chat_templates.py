"""Writes tests/engine/conformance/chat_templates.json: what families' own Jinja templates render for one conversation.

    pip install jinja2
    python make_chat_templates.py

The templates are those of the families' tokenizer_config.json; where one is marked as shortened its tool calls are left out, which Octavo never
makes. Templates in OTHERS are only there to be refused. Nothing of this is needed to build or test Octavo.
"""
import json, os
from datetime import datetime

import jinja2
import jinja2.sandbox

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "chat_templates.json")

SYSTEM = "Be brief."
DOCUMENT = "Read the book below.\n\nCall me Ishmael."
# Octavo lets the assistant say that it has read, between the book and the question.
TURNS = [{"role": "user", "content": DOCUMENT}, {"role": "assistant", "content": "I have read it. What would you like to know?"},
         {"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Ishmael."}, {"role": "user", "content": "Where?"}]
WITH_SYSTEM = [{"role": "system", "content": SYSTEM}] + TURNS
# For templates that allow no system turn, or put it last: the system's text begins the first turn.
IN_FIRST_TURN = [{"role": "user", "content": SYSTEM + "\n\n" + DOCUMENT}] + TURNS[1:]

SMOLLM2 = (r"{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system" "\nYou are a helpful AI assistant named SmolLM, "
           r"trained by Hugging Face<|im_end|>" "\n" r"' }}{% endif %}{{'<|im_start|>' + message['role'] + '" "\n" r"' + message['content'] + '<|im_end|>' + '" "\n"
           r"'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant" "\n" r"' }}{% endif %}")

ZEPHYR = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>
' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>
'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

LLAMA2 = (r"{% if messages[0]['role'] == 'system' %}{% set loop_messages = messages[1:] %}{% set system_message = messages[0]['content'] %}{% else %}"
          r"{% set loop_messages = messages %}{% set system_message = false %}{% endif %}{% for message in loop_messages %}"
          r"{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}"
          r"{% if loop.index0 == 0 and system_message != false %}{% set content = '<<SYS>>\n' + system_message + '\n<</SYS>>\n\n' + message['content'] %}"
          r"{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
          r"{% elif message['role'] == 'assistant' %}{{ ' '  + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}")

LLAMA3 = (r"{% set loop_messages = messages %}{% for message in loop_messages %}{% set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>"
          "\n\n" r"'+ message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content = bos_token + content %}{% endif %}{{ content }}{% endfor %}"
          r"{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>" "\n\n" r"' }}{% endif %}")

# Shortened.
LLAMA31 = r"""{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not date_string is defined %}
    {%- set date_string = "26 Jul 2024" %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- This block extracts the system message, so we can slot it into the right place. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}

{#- System message + builtin tools #}
{{- "<|start_header_id|>system<|end_header_id|>\n\n" }}
{%- if builtin_tools is defined or tools is not none %}
    {{- "Environment: ipython\n" }}
{%- endif %}
{{- "Cutting Knowledge Date: December 2023\n" }}
{{- "Today Date: " + date_string + "\n\n" }}
{{- system_message }}
{{- "<|eot_id|>" }}

{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}
{%- endif %}
"""

MISTRAL_V01 = (r"{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
               r"{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user' %}"
               r"{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token + ' ' }}"
               r"{% else %}{{ raise_exception('Only user and assistant roles are supported!') }}{% endif %}{% endfor %}")

MISTRAL_V02 = r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}
        {{- raise_exception('After the optional system message, conversation roles must alternate user/assistant/user/assistant/...') }}
    {%- endif %}
    {%- if message["role"] == "user" %}
        {%- if loop.first and system_message is defined %}
            {{- " [INST] " + system_message + "\n\n" + message["content"] + " [/INST]" }}
        {%- else %}
            {{- " [INST] " + message["content"] + " [/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"] + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
"""

# Shortened. Nemo's has the same form without the spaces after and before the marks.
MISTRAL_V03 = r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}

{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- else %}
        {{- raise_exception("Only user and assistant roles are supported, with the exception of an initial optional system message!") }}
    {%- endif %}
{%- endfor %}
"""
MISTRAL_NEMO = MISTRAL_V03.replace('"[INST] "', '"[INST]"').replace('" " + message["content"]|trim', 'message["content"]')

# Shortened.
QWEN25 = r"""{%- if messages[0]['role'] == 'system' %}
    {{- '<|im_start|>system\n' + messages[0]['content'] + '<|im_end|>\n' }}
{%- else %}
    {{- '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
{%- endif %}
"""

# Shortened.
QWEN3 = r"""{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- set reasoning_content = '' %}
        {%- if '</think>' in message.content %}
            {%- set content = message.content.split('</think>')[-1].lstrip('\n') %}
            {%- set reasoning_content = message.content.split('</think>')[0].rstrip('\n').split('<think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {{- '<|im_start|>' + message.role + '\n<think>\n' + reasoning_content.strip('\n') + '\n</think>\n\n' + content.lstrip('\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\n' + content }}
        {%- endif %}
        {{- '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}"""

# name, format, template, messages, bos, eos, what Octavo leaves out, whether spaces around the marks differ (SentencePiece reads them the same)
FAMILIES = [
    ("SmolLM2", "ChatMl", SMOLLM2, WITH_SYSTEM, "<|im_start|>", "<|im_end|>", "", False),
    ("Qwen2.5", "ChatMl", QWEN25, WITH_SYSTEM, "<|endoftext|>", "<|im_end|>", "", False),
    ("Qwen3", "ChatMl", QWEN3, WITH_SYSTEM, "<|endoftext|>", "<|im_end|>", "", False),
    ("TinyLlama, Zephyr", "Zephyr", ZEPHYR, WITH_SYSTEM, "<s>", "</s>", "", False),
    ("Llama 2", "Llama2", LLAMA2, WITH_SYSTEM, "<s>", "</s>", "", False),
    ("Llama 3", "Llama3", LLAMA3, WITH_SYSTEM, "<|begin_of_text|>", "<|eot_id|>", "", False),
    ("Llama 3.1", "Llama3", LLAMA31, WITH_SYSTEM, "<|begin_of_text|>", "<|eot_id|>", "Cutting Knowledge Date: December 2023\nToday Date: 26 Jul 2024\n\n", False),
    ("Mistral 7B v0.1", "Mistral", MISTRAL_V01, IN_FIRST_TURN, "<s>", "</s>", "", True),
    ("Mistral 7B v0.2", "Mistral", MISTRAL_V02, WITH_SYSTEM, "<s>", "</s>", "", False),
    ("Mistral 7B v0.3", "MistralV3", MISTRAL_V03, IN_FIRST_TURN, "<s>", "</s>", "", False),
    ("Mistral Nemo", "MistralTekken", MISTRAL_NEMO, IN_FIRST_TURN, "<s>", "</s>", "", False),
]

# Their distinctive parts; none may be taken for one of the formats above.
OTHERS = {
    "Phi-3": "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') %}{{'<|user|>' + '\n' + message['content'] + '<|end|>' + '\n' + '<|assistant|>' + '\n'}}"
             "{% elif (message['role'] == 'assistant') %}{{message['content'] + '<|end|>' + '\n'}}{% endif %}{% endfor %}",
    "Phi-3.5": "{% for message in messages %}{% if message['role'] == 'user' %}{{'<|user|>\n' + message['content'] + '<|end|>\n'}}{% elif message['role'] == 'assistant' %}"
               "{{'<|assistant|>\n' + message['content'] + '<|end|>\n'}}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% else %}{{ eos_token }}{% endif %}",
    "Phi-4": "{% for message in messages %}{% if (message['role'] == 'user') %}{{'<|im_start|>user<|im_sep|>' + message['content'] + '<|im_end|>'}}{% endif %}{% endfor %}"
             "{% if add_generation_prompt %}{{ '<|im_start|>assistant<|im_sep|>' }}{% endif %}",
    "Gemma": "{{ bos_token }}{% for message in messages %}{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}"
             "{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}",
    "DeepSeek": "{{bos_token}}{%- for message in messages %}{%- if message['role'] == 'user' %}{{'<｜User｜>' + message['content']}}{%- endif %}"
                "{%- if message['role'] == 'assistant' %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endfor -%}",
    "DeepSeek Coder": "{{bos_token}}{%- for message in messages %}{%- if message['role'] == 'user' %}{{'### Instruction:\n' + message['content'] + '\n'}}{%- else %}"
                      "{{'### Response:\n' + message['content'] + '\n<|EOT|>\n'}}{%- endif %}{%- endfor %}",
    "Command-R": "{{ bos_token }}{{ '<|START_OF_TURN_TOKEN|><|USER_TOKEN|>' + content.strip() + '<|END_OF_TURN_TOKEN|>' }}",
    "Tulu": "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' + message['content'] }}\n{% elif message['role'] == 'assistant' %}\n"
            "{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{% endif %}\n{% endfor %}",
    "Falcon 3": "{%- for message in messages %}{%- if message['role'] == 'user' %}{{- '<|user|>\n' + message['content'] + '\n' }}{%- elif message['role'] == 'assistant' %}"
                "{{- '<|assistant|>\n' + message['content'] + eos_token + '\n' }}{%- endif %}{%- endfor %}",
    "Mistral v7": "{{- bos_token }}{{- '[SYSTEM_PROMPT]' + system_message + '[/SYSTEM_PROMPT]' }}{%- for message in loop_messages %}{{- '[INST]' + message['content'] + '[/INST]' }}{%- endfor %}",
    "Llama 4": "{{- bos_token }}{{- '<|header_start|>' + message['role'] + '<|header_end|>\n\n' + message['content'] + '<|eot|>' }}",
    "Granite": "{{- '<|start_of_role|>' + message['role'] + '<|end_of_role|>' + message['content'] + '<|end_of_text|>\n' }}",
    "ChatGLM": "[gMASK]<sop>{% for item in messages %}<|{{ item['role'] }}|>\n{{ item['content'] }}{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}",
    "Kimi": "{{ '<|im_user|>user<|im_middle|>' + message['content'] + '<|im_end|>' }}",
    "Vicuna": "{{ 'USER: ' + message['content'] + ' ' }}{{ 'ASSISTANT: ' + message['content'] + eos_token }}",
    "two formats": "{% if a %}<|im_start|>user<|im_end|>{% else %}[INST] x [/INST]{% endif %}",
    "half a format": "{{ '<|im_start|>' + message['content'] }}",
    "a mark in passing": "{{ messages }}{# unlike [INST] #}",
    "nothing to see": "{{ messages }}",
}


def refuse(message):
    raise jinja2.TemplateError(message)


def render(template, messages, bos, eos):
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)   # as transformers sets it up
    environment.globals["raise_exception"] = refuse
    environment.globals["strftime_now"] = lambda form: datetime(2024, 7, 26).strftime(form)
    return environment.from_string(template).render(messages=messages, bos_token=bos, eos_token=eos, add_generation_prompt=True)


families = [{"name": name, "format": format, "template": template, "bos": bos, "eos": eos, "left_out": left_out, "spaces_differ": spaces,
             "rendered": render(template, messages, bos, eos)} for name, format, template, messages, bos, eos, left_out, spaces in FAMILIES]
with open(OUT, "w", encoding="utf-8") as out:
    json.dump({"families": families, "others": OTHERS}, out, ensure_ascii=False, indent=1)
    out.write("\n")
