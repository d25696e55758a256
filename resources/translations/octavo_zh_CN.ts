<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>Archive</name>
    <message>
        <source>one conversation</source>
        <translation>1 个会话</translation>
    </message>
    <message>
        <source>%1 conversations</source>
        <translation>%1 个会话</translation>
    </message>
    <message>
        <source>one document</source>
        <translation>1 个文档</translation>
    </message>
    <message>
        <source>%1 documents</source>
        <translation>%1 个文档</translation>
    </message>
    <message>
        <source>Imported %1 and %2.</source>
        <translation>已导入 %1 和 %2。</translation>
    </message>
    <message>
        <source> One conversation was here already.</source>
        <translation>另有 1 个会话早已在库中。</translation>
    </message>
    <message>
        <source> %1 conversations were here already.</source>
        <translation>另有 %1 个会话早已在库中。</translation>
    </message>
    <message>
        <source>Exported %1 and %2 to %3.</source>
        <translation>已将 %1 和 %2 导出到 %3。</translation>
    </message>
    <message>
        <source> %1 damaged records of where answers looked are not in it.</source>
        <translation>有 %1 条“回答看了何处”的记录已损坏，未写入其中。</translation>
    </message>
</context>
<context>
    <name>Assistant</name>
    <message>
        <source>The library is sound.</source>
        <translation>资料库完好。</translation>
    </message>
    <message>
        <source>The library is damaged (%1). Start Octavo again: what can be read of it is saved into a new one.</source>
        <translation>资料库已损坏（%1）。请重新启动 Octavo：仍可读出的内容会存入新的资料库。</translation>
    </message>
    <message>
        <source>%1 is among the models now; it can be used from there.</source>
        <translation>%1 已加入模型列表，可在那里选用。</translation>
    </message>
    <message>
        <source>%1 is in use; use another model before it is removed.</source>
        <translation>%1 正在使用；请先换用其他模型，再移除它。</translation>
    </message>
    <message>
        <source>Another model is being downloaded; wait for it, or stop it first.</source>
        <translation>正在下载另一个模型；请等它完成，或先停止它。</translation>
    </message>
</context>
<context>
    <name>LocalEngine</name>
    <message>
        <source>No model is open; choose a model file first.</source>
        <translation>尚未打开模型；请先选择模型文件。</translation>
    </message>
    <message>
        <source>The saved reading %1 was made by another version of Octavo; the document is read again.</source>
        <translation>已存的阅读结果 %1 由另一版本的 Octavo 生成；将重新阅读文档。</translation>
    </message>
    <message>
        <source>The saved reading %1 is damaged (%2); what was lost is read again.</source>
        <translation>已存的阅读结果 %1 已损坏（%2）；缺失的部分将重新阅读。</translation>
    </message>
    <message>
        <source>The folder %1 cannot be made; choose another data folder.</source>
        <translation>无法创建文件夹 %1；请选择其他数据文件夹。</translation>
    </message>
    <message>
        <source>The document has not been read yet; read it, then ask again.</source>
        <translation>文档尚未阅读；请先阅读，再提问。</translation>
    </message>
    <message>
        <source>The saved reading of this document is being mended; ask again in a moment.</source>
        <translation>此文档已存的阅读结果正在修复；请稍后再问。</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>Chat with whole books and codebases on your own machine.</source>
        <translation>在自己的电脑上与整本书、整个代码库对话。</translation>
    </message>
    <message>
        <source>Where the library and what was read are kept.</source>
        <translation>资料库和阅读结果的存放位置。</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>The model, a GGUF file.</source>
        <translation>模型，一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>file</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Threads to compute with; 0 = all.</source>
        <translation>计算所用的线程数；0 = 全部。</translation>
    </message>
    <message>
        <source>number</source>
        <translation>数量</translation>
    </message>
    <message>
        <source>Where to compute: auto, cpu or cuda.</source>
        <translation>在何处计算：auto、cpu 或 cuda。</translation>
    </message>
    <message>
        <source>device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Folder that the empty window offers to try.</source>
        <translation>空白窗口中建议试读的文件夹。</translation>
    </message>
    <message>
        <source>Books and folders to open.</source>
        <translation>要打开的书和文件夹。</translation>
    </message>
    <message>
        <source>Layers whose weights stay in the GPU&apos;s memory; the others are brought for each pass.</source>
        <translation>权重常驻 GPU 显存的层数；其余各层在每次计算时载入。</translation>
    </message>
</context>
<context>
    <name>Salvage</name>
    <message>
        <source>Saved from a damaged library</source>
        <translation>从损坏的资料库中救出</translation>
    </message>
    <message>
        <source>This message stood in a damaged part of the library; its text may be wrong in places.</source>
        <translation>这条消息位于资料库的损坏部分，个别文字可能有误。</translation>
    </message>
    <message>
        <source>What stood before this message was in a damaged part of the library, and is lost.</source>
        <translation>这条消息之前的内容位于资料库的损坏部分，已丢失。</translation>
    </message>
    <message>
        <source>%1 documents, %2 sessions and %3 messages</source>
        <translation>%1 个文档、%2 个会话和 %3 条消息</translation>
    </message>
    <message>
        <source> (%1 records in damaged parts)</source>
        <translation>（损坏部分中有 %1 条记录）</translation>
    </message>
    <message>
        <source>; %1 records could not be read</source>
        <translation>；有 %1 条记录无法读出</translation>
    </message>
    <message>
        <source>%1 is damaged and cannot be moved aside. Make its folder writable, then start again.</source>
        <translation>%1 已损坏，且无法移到一旁。请将其文件夹设为可写，然后重新启动。</translation>
    </message>
    <message>
        <source>The library was damaged. Saved into a new one: %1. The damaged file is kept as %2.</source>
        <translation>资料库曾损坏。已存入新的资料库：%1。损坏的文件保留为 %2。</translation>
    </message>
</context>
<context>
    <name>octavo::app</name>
    <message>
        <source>There is no file %1; check the path, or get the model with ./dev build.</source>
        <translation>没有文件 %1；请检查路径，或用 ./dev build 获取模型。</translation>
    </message>
    <message>
        <source>%1 is a folder, not a file; name the file inside it.</source>
        <translation>%1 是文件夹，不是文件；请指定其中的文件。</translation>
    </message>
    <message>
        <source>%1 cannot be read (%2); check its permissions.</source>
        <translation>无法读取 %1（%2）；请检查其权限。</translation>
    </message>
    <message>
        <source>%1 is cut short (%2); copy or download it again.</source>
        <translation>%1 不完整（%2）；请重新复制或下载。</translation>
    </message>
    <message>
        <source>%1 is not a GGUF model file; choose a file that ends in .gguf.</source>
        <translation>%1 不是 GGUF 模型文件；请选择以 .gguf 结尾的文件。</translation>
    </message>
    <message>
        <source>%1 is of a version that this Octavo does not know (%2); get a newer Octavo.</source>
        <translation>%1 的版本（%2）是此版 Octavo 不认识的；请使用更新的 Octavo。</translation>
    </message>
    <message>
        <source>%1 holds a model that Octavo cannot run yet (%2); choose a Llama such as SmolLM2, TinyLlama or Mistral.</source>
        <translation>%1 中的模型 Octavo 还不能运行（%2）；请选择 Llama 模型，如 SmolLM2、TinyLlama 或 Mistral。</translation>
    </message>
    <message>
        <source>%1 holds weights of a type that Octavo cannot compute with yet (%2); choose a Q4_K_M, Q8_0 or F16 file.</source>
        <translation>%1 中权重的类型 Octavo 还不能计算（%2）；请选择 Q4_K_M、Q8_0 或 F16 文件。</translation>
    </message>
    <message>
        <source>%1 uses a tokenizer that Octavo does not know yet (%2); choose another model.</source>
        <translation>%1 使用的分词器 Octavo 还不认识（%2）；请选择其他模型。</translation>
    </message>
    <message>
        <source>%1 was trained for conversations of a form that Octavo does not know yet (its %2); choose a Llama, Mistral, Qwen, SmolLM2 or TinyLlama model.</source>
        <translation>%1 训练时所用的对话格式 Octavo 还不认识（其 %2）；请选择 Llama、Mistral、Qwen、SmolLM2 或 TinyLlama 模型。</translation>
    </message>
    <message>
        <source>%1 is damaged or incomplete (%2); download it again.</source>
        <translation>%1 已损坏或不完整（%2）；请重新下载。</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <translation>%1：%2。</translation>
    </message>
    <message>
        <source>The conversation needs %1 tokens, but there is room for %2; start a new session about this document.</source>
        <translation>会话需要 %1 个词元，但只容得下 %2 个；请就此文档新建会话。</translation>
    </message>
    <message>
        <source>The memory is used up; what was done so far is kept. Close other programs, then go on.</source>
        <translation>内存已用尽；已完成的部分会保留。请关闭其他程序，然后继续。</translation>
    </message>
    <message>
        <source>Reading this needs %1 of memory, but only %2 is free; close other programs, or read a part of it.</source>
        <translation>阅读需要 %1 内存，但只有 %2 可用；请关闭其他程序，或只读一部分。</translation>
    </message>
    <message>
        <source>Stopped; what was done so far is kept.</source>
        <translation>已停止；已完成的部分会保留。</translation>
    </message>
    <message>
        <source>The saved reading %1 cannot be used (%2); the document is read again.</source>
        <translation>已存的阅读结果 %1 无法使用（%2）；将重新阅读文档。</translation>
    </message>
    <message>
        <source>The GPU cannot be used: %1. Choose --device cpu, or auto.</source>
        <translation>无法使用 GPU：%1。请选择 --device cpu 或 auto。</translation>
    </message>
    <message>
        <source>The GPU stopped working (%1); start Octavo again, or choose --device cpu.</source>
        <translation>GPU 停止了工作（%1）；请重新启动 Octavo，或选择 --device cpu。</translation>
    </message>
    <message>
        <source>Another Octavo is reading this document just now and keeps it in %1; wait until it is done, or stop it there.</source>
        <translation>另一个 Octavo 正在阅读此文档，并将结果保存在 %1；请等它读完，或在那里停止。</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2); free some disk space or choose another data folder.</source>
        <translation>无法写入 %1（%2）；请腾出磁盘空间，或选择其他数据文件夹。</translation>
    </message>
    <message>
        <source>Read as asked for, with full attention.</source>
        <translation>按要求以完整注意力阅读。</translation>
    </message>
    <message>
        <source>Read as asked for, with dims %1.</source>
        <translation>按要求以维度 %1 阅读。</translation>
    </message>
    <message>
        <source>Read in rows of %1 tokens</source>
        <translation>按每行 %1 个词元阅读</translation>
    </message>
    <message>
        <source>%1 because the model&apos;s context is %2</source>
        <translation>%1，因为模型的上下文为 %2</translation>
    </message>
    <message>
        <source>a token looks at %1 on average, with full attention at %2</source>
        <translation>每个词元平均看 %1 个词元，完整注意力则为 %2 个</translation>
    </message>
    <message>
        <source>%1: the text fits into one, where this is full attention.</source>
        <translation>%1：文本一行即可容下，此时就是完整注意力。</translation>
    </message>
    <message>
        <source>%1, and %2 rows to a block because there are more rows than tokens in one: %3.</source>
        <translation>%1，并以 %2 行为一块，因为行数多于一行中的词元数：%3。</translation>
    </message>
    <message>
        <source>%1 and not in blocks of rows, whose values would not fit into the memory: %2.</source>
        <translation>%1，且不按行分块，因为分块所需的值内存放不下：%2。</translation>
    </message>
    <message>
        <source>%1, and of %2 in the layers that look back most</source>
        <translation>%1，其中回看最多的几层每行 %2 个</translation>
    </message>
    <message>
        <source>The GPU&apos;s memory is used up (%1 are needed, %2 are free); close other programs that use it, read a part of it, or take the CPU.</source>
        <translation>GPU 显存已用尽（需要 %1，剩余 %2）；请关闭其他占用显存的程序、只读其中一部分，或改用 CPU。</translation>
    </message>
    <message>
        <source>%1 cannot be understood (%2); mend it, or delete it to read as before.</source>
        <translation>无法理解 %1（%2）；请修正它，或将其删除以照旧阅读。</translation>
    </message>
    <message>
        <source>%1 cannot be read (%2).</source>
        <translation>无法读取 %1（%2）。</translation>
    </message>
    <message>
        <source>no JSON object</source>
        <translation>不是 JSON 对象</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2).</source>
        <translation>无法写入 %1（%2）。</translation>
    </message>
</context>
<context>
    <name>octavo::ui</name>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Always the same</source>
        <translation>固定不变</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Summarize</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入会话</translation>
    </message>
    <message>
        <source>Export everything</source>
        <translation>全部导出</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>Check the library</source>
        <translation>检查资料库</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一处匹配</translation>
    </message>
    <message>
        <source>Previous match</source>
        <translation>上一处匹配</translation>
    </message>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Text or pages of a PDF</source>
        <translation>PDF 的文本或页面</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Go to the question</source>
        <translation>转到问题</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新建会话</translation>
    </message>
    <message>
        <source>Search conversations</source>
        <translation>搜索会话</translation>
    </message>
    <message>
        <source>All branches of the conversation</source>
        <translation>会话的所有分支</translation>
    </message>
    <message>
        <source>Ask the last question in other words</source>
        <translation>换种说法提出上一个问题</translation>
    </message>
    <message>
        <source>Stop answering or reading</source>
        <translation>停止回答或阅读</translation>
    </message>
    <message>
        <source>What is being done: pause, stop</source>
        <translation>正在进行的工作：暂停、停止</translation>
    </message>
    <message>
        <source>Hops: where an answer looked</source>
        <translation>跳：回答看了何处</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一个窗格</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text of the usual size</source>
        <translation>文字恢复通常大小</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Keyboard map</source>
        <translation>键盘映射</translation>
    </message>
    <message>
        <source>Send the question</source>
        <translation>发送问题</translation>
    </message>
    <message>
        <source>A new line in the question; the match before</source>
        <translation>在问题中换行；上一处匹配</translation>
    </message>
    <message>
        <source>Next and previous control</source>
        <translation>下一个和上一个控件</translation>
    </message>
    <message>
        <source>Copy, cut, paste</source>
        <translation>复制、剪切、粘贴</translation>
    </message>
    <message>
        <source>Undo, redo</source>
        <translation>撤销、重做</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Remove the document, or the conversation, of a list</source>
        <translation>移除列表中的文档或会话</translation>
    </message>
    <message>
        <source>Rename the conversation of the list</source>
        <translation>重命名列表中的会话</translation>
    </message>
    <message>
        <source>Make a map larger and smaller</source>
        <translation>放大和缩小图</translation>
    </message>
    <message>
        <source>takes %1 with a text of %2 tokens</source>
        <translation>占用 %1（文本长 %2 个词元时）</translation>
    </message>
    <message>
        <source>does not fit: its weights alone take %1, %2 are free</source>
        <translation>放不下：仅权重就占 %1，可用 %2</translation>
    </message>
    <message>
        <source>tight: a text of %1 tokens would take %2, %3 are free; up to %4 tokens fit</source>
        <translation>较紧：%1 个词元的文本将占用 %2，可用 %3；最多可容 %4 个词元</translation>
    </message>
    <message>
        <source>just fits: takes %1 with a text of %2 tokens, %3 are free</source>
        <translation>刚好放下：占用 %1（文本长 %2 个词元时），可用 %3</translation>
    </message>
    <message>
        <source>fits: takes %1 with a text of %2 tokens, %3 are free</source>
        <translation>放得下：占用 %1（文本长 %2 个词元时），可用 %3</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Books</source>
        <translation>书籍</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Hops</source>
        <translation>跳</translation>
    </message>
    <message>
        <source>Behaviour</source>
        <translation>行为</translation>
    </message>
    <message>
        <source>Computing</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>The desktop’s choice is followed where it tells whether it is dark.</source>
        <translation>若桌面会告知是否为深色，则跟随桌面。</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>跟随桌面</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast, light</source>
        <translation>高对比度，浅色</translation>
    </message>
    <message>
        <source>High contrast, dark</source>
        <translation>高对比度，深色</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Of Octavo’s own words, dates and numbers; texts and answers stay in theirs.</source>
        <translation>Octavo 自身的文字、日期和数字所用的语言；文本和回答保持原来的语言。</translation>
    </message>
    <message>
        <source>Size of all text</source>
        <translation>所有文字的大小</translation>
    </message>
    <message>
        <source>Of the whole window, books among it.</source>
        <translation>作用于整个窗口，包括书籍。</translation>
    </message>
    <message>
        <source>Remember the window</source>
        <translation>记住窗口</translation>
    </message>
    <message>
        <source>Its size, its place and the widths of its panes.</source>
        <translation>窗口的大小、位置和各窗格的宽度。</translation>
    </message>
    <message>
        <source>Typeface of books</source>
        <translation>书籍字体</translation>
    </message>
    <message>
        <source>Code has a face of its own, with letters of one width.</source>
        <translation>代码用另一种字体，字母等宽。</translation>
    </message>
    <message>
        <source>Serif (Charis)</source>
        <translation>衬线体 (Charis)</translation>
    </message>
    <message>
        <source>Sans serif (Inter)</source>
        <translation>无衬线体 (Inter)</translation>
    </message>
    <message>
        <source>Size of books</source>
        <translation>书籍文字大小</translation>
    </message>
    <message>
        <source>Beside the size of all text; of code, too.</source>
        <translation>在所有文字大小的基础上调整；也作用于代码。</translation>
    </message>
    <message>
        <source>Width of lines</source>
        <translation>行宽</translation>
    </message>
    <message>
        <source>Lines of 60 to 80 letters are easiest to read. Code keeps 120.</source>
        <translation>每行 60 到 80 个字母最易阅读。代码保持 120。</translation>
    </message>
    <message>
        <source> letters</source>
        <translation> 个字母</translation>
    </message>
    <message>
        <source>Reading direction</source>
        <translation>阅读方向</translation>
    </message>
    <message>
        <source>Of books; by itself, each paragraph goes by its own letters.</source>
        <translation>书籍的方向；若为自动，每段按其自身的文字决定。</translation>
    </message>
    <message>
        <source>By itself</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Left to right</source>
        <translation>从左到右</translation>
    </message>
    <message>
        <source>Right to left</source>
        <translation>从右到左</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>0 always takes the likeliest word, so that the same question gets the same answer; more is freer, and errs more.</source>
        <translation>0 总是取可能性最大的词，因此同样的问题得到同样的回答；数值越大越自由，也越容易出错。</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>A token is about three quarters of a word.</source>
        <translation>一个词元约为四分之三个英文单词。</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 个词元</translation>
    </message>
    <message>
        <source>Logarithmic maps</source>
        <translation>对数刻度的图</translation>
    </message>
    <message>
        <source>Shows small weights beside large ones.</source>
        <translation>让小权重在大权重旁也看得见。</translation>
    </message>
    <message>
        <source>Maps as tables</source>
        <translation>以表格显示图</translation>
    </message>
    <message>
        <source>The same numbers in rows and columns, for screen readers, too.</source>
        <translation>同样的数值按行列排出，也便于屏幕阅读器使用。</translation>
    </message>
    <message>
        <source>Open the newest conversation at the start</source>
        <translation>启动时打开最近的会话</translation>
    </message>
    <message>
        <source>Unless files are given.</source>
        <translation>指定了文件时除外。</translation>
    </message>
    <message>
        <source>Ask before closing while it works</source>
        <translation>工作时关闭窗口前先询问</translation>
    </message>
    <message>
        <source>What is read so far is kept either way.</source>
        <translation>无论如何，已读的部分都会保留。</translation>
    </message>
    <message>
        <source>Ask before removing a document</source>
        <translation>移除文档前先询问</translation>
    </message>
    <message>
        <source>Its file stays where it is either way; what Octavo has read of it is deleted.</source>
        <translation>无论如何，文件都会留在原处；Octavo 对它的阅读结果会被删除。</translation>
    </message>
    <message>
        <source>Tell the desktop when long work ends</source>
        <translation>长时间的工作结束时通知桌面</translation>
    </message>
    <message>
        <source>While another window is in front.</source>
        <translation>当其他窗口在前面时。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>GPU (NVIDIA)</source>
        <translation>GPU (NVIDIA)</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>Fewer leave the machine freer for other programs.</source>
        <translation>线程越少，留给其他程序的余力越多。</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 秒</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 分钟</translation>
    </message>
    <message>
        <source>%1 h %2 min</source>
        <translation>%1 小时 %2 分钟</translation>
    </message>
    <message>
        <source>Find in this document, or conversation</source>
        <translation>在此文档或会话中查找</translation>
    </message>
    <message>
        <source>Short answers</source>
        <translation>简短回答</translation>
    </message>
    <message>
        <source>Asks for one sentence. Small models, of less than a gigabyte, go on for pages otherwise, in the manner of the book.</source>
        <translation>要求用一句话回答。小于 1 GB 的小模型否则会照着书的笔调没完没了地写下去。</translation>
    </message>
    <message>
        <source>From small models</source>
        <translation>仅小模型</translation>
    </message>
    <message>
        <source>Always</source>
        <translation>总是</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Octavo’s adapters</source>
        <translation>Octavo 的适配器</translation>
    </message>
    <message>
        <source>Taught to some models, so that they find in long texts what is asked for. Readings are the same either way.</source>
        <translation>为部分模型训练，使其在长文中找到所问的内容。无论是否使用，阅读结果都相同。</translation>
    </message>
    <message>
        <source>By itself, the GPU is taken where one answers and has room for the model, or for some of its layers.</source>
        <translation>自动时，只要有可用的 GPU 且显存容得下模型或其中若干层，就使用它。</translation>
    </message>
    <message>
        <source>Layers kept on the GPU</source>
        <translation>常驻 GPU 的层数</translation>
    </message>
    <message>
        <source>as many as fit</source>
        <translation>能容纳多少就多少</translation>
    </message>
    <message>
        <source>The others are brought for each pass: reading hardly notices, writing does. By itself, long texts get the room of as many layers as they need.</source>
        <translation>其余各层在每次计算时载入：阅读几乎不受影响，写作会变慢。自动时，长文本需要多少空间，就让出多少层。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::AnswerWords</name>
    <message>
        <source>The answer; select words to see where they looked</source>
        <translation>回答；选中词语可查看它们看了何处</translation>
    </message>
    <message>
        <source>Words of the answer: select some to see where just they looked.</source>
        <translation>回答的词语：选中一些，查看它们具体看了何处。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::AnsweringPopup</name>
    <message>
        <source>This conversation has its own</source>
        <translation>此会话使用单独的设置</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Longest answer, tokens</source>
        <translation>最长回答（词元）</translation>
    </message>
    <message>
        <source> tokens</source>
        <translation> 个词元</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>How answers are written here</source>
        <translation>此处如何写回答</translation>
    </message>
</context>
<context>
    <name>octavo::ui::BranchModel</name>
    <message>
        <source>(empty)</source>
        <translation>（空）</translation>
    </message>
    <message>
        <source>Question: %1</source>
        <translation>问题：%1</translation>
    </message>
    <message>
        <source>Answer: %1</source>
        <translation>回答：%1</translation>
    </message>
    <message>
        <source>%1 (shown)</source>
        <translation>%1（当前显示）</translation>
    </message>
</context>
<context>
    <name>octavo::ui::BranchTree</name>
    <message>
        <source>Branches of the conversation</source>
        <translation>会话的分支</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ChatPage</name>
    <message>
        <source>New conversation</source>
        <translation>新建会话</translation>
    </message>
    <message>
        <source>All branches of the conversation</source>
        <translation>会话的所有分支</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>%1 earlier messages</source>
        <translation>之前的 %1 条消息</translation>
    </message>
    <message>
        <source>this text</source>
        <translation>这段文本</translation>
    </message>
    <message>
        <source>Ask about %1…</source>
        <translation>就 %1 提问…</translation>
    </message>
    <message>
        <source>Open a book or a folder first</source>
        <translation>请先打开一本书或一个文件夹</translation>
    </message>
    <message>
        <source>Ask anything about the text. Every answer names the passages it drew on; click one to read it there.</source>
        <translation>关于这段文本，尽管提问。每个回答都会列出它所参考的段落；点击即可在原文中阅读。</translation>
    </message>
    <message>
        <source>Open a book or a code folder, then ask. Every answer names the passages it drew on.</source>
        <translation>打开一本书或一个代码文件夹，然后提问。每个回答都会列出它所参考的段落。</translation>
    </message>
    <message>
        <source>Find in this conversation</source>
        <translation>在此会话中查找</translation>
    </message>
    <message>
        <source>How answers are written here: this conversation has its own settings</source>
        <translation>此处如何写回答：此会话使用单独的设置</translation>
    </message>
    <message>
        <source>How answers are written here: as the settings say</source>
        <translation>此处如何写回答：按设置</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>version %1 of this answer</source>
        <translation>此回答的第 %1 版</translation>
    </message>
</context>
<context>
    <name>octavo::ui::CompareModel</name>
    <message>
        <source>Chapter</source>
        <translation>章</translation>
    </message>
    <message>
        <source>This answer</source>
        <translation>此回答</translation>
    </message>
    <message>
        <source>The other</source>
        <translation>另一个回答</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ComparePage</name>
    <message>
        <source>Compare with</source>
        <translation>比较对象</translation>
    </message>
    <message>
        <source>Where two answers looked, by chapters; Return leads there</source>
        <translation>两个回答各看了哪些章；按 Return 前往</translation>
    </message>
    <message>
        <source>Compare with: %1</source>
        <translation>与之比较：%1</translation>
    </message>
    <message>
        <source>There is no other answer in this conversation to compare with.</source>
        <translation>此会话中没有其他回答可比较。</translation>
    </message>
    <message>
        <source>%1 of where they looked in the text is the same, by chapters</source>
        <translation>按章计，两者所看之处有 %1 相同</translation>
    </message>
</context>
<context>
    <name>octavo::ui::CoverageRibbon</name>
    <message>
        <source>Coverage of the document</source>
        <translation>文档的覆盖情况</translation>
    </message>
    <message>
        <source>%1 read; files skipped: %2; passages drawn on: %3</source>
        <translation>已读 %1；跳过的文件：%2；所参考的段落：%3</translation>
    </message>
    <message>
        <source>Files skipped: %1</source>
        <translation>跳过的文件：%1</translation>
    </message>
    <message>
        <source>%1: %2 (%3)</source>
        <translation>%1：%2（%3）</translation>
    </message>
    <message>
        <source>Source %1: %2
%3 of the answer’s attention to the text</source>
        <translation>来源 %1：%2
占回答对文本注意力的 %3</translation>
    </message>
    <message>
        <source>Read (%1 of the text)</source>
        <translation>已读（文本的 %1）</translation>
    </message>
    <message>
        <source>Not read yet (%1 of the text is)</source>
        <translation>尚未阅读（文本已读 %1）</translation>
    </message>
</context>
<context>
    <name>octavo::ui::CrashDialog</name>
    <message>
        <source>Crash report</source>
        <translation>崩溃报告</translation>
    </message>
    <message>
        <source>%1
It stays on this machine. If you want to help, put it into a report of the problem.</source>
        <translation>%1
报告只留在本机。若愿意帮忙，请在反馈问题时附上它。</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2); choose another folder.</source>
        <translation>无法写入 %1（%2）；请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Save the crash report</source>
        <translation>保存崩溃报告</translation>
    </message>
    <message>
        <source>Text (*.txt)</source>
        <translation>文本 (*.txt)</translation>
    </message>
</context>
<context>
    <name>octavo::ui::DesktopNotice</name>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
</context>
<context>
    <name>octavo::ui::DocumentsModel</name>
    <message>
        <source>%1, %2</source>
        <translation>%1，%2</translation>
    </message>
    <message>
        <source>reading %1</source>
        <translation>正在阅读 %1</translation>
    </message>
    <message>
        <source>changed since it was read</source>
        <translation>阅读之后有变动</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>not read yet · %1</source>
        <translation>尚未阅读 · %1</translation>
    </message>
    <message>
        <source>%1 read · %2</source>
        <translation>已读 %1 · %2</translation>
    </message>
    <message>
        <source>read · %1</source>
        <translation>已读 · %1</translation>
    </message>
    <message>
        <source>the file is not there any more</source>
        <translation>文件已不在原处</translation>
    </message>
</context>
<context>
    <name>octavo::ui::DropTarget</name>
    <message>
        <source>Drop to read</source>
        <translation>松开即可阅读</translation>
    </message>
    <message>
        <source>Drop to summarize</source>
        <translation>松开即可总结</translation>
    </message>
</context>
<context>
    <name>octavo::ui::FailureBars</name>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
</context>
<context>
    <name>octavo::ui::FindBar</name>
    <message>
        <source>Previous match</source>
        <translation>上一处匹配</translation>
    </message>
    <message>
        <source>Next match</source>
        <translation>下一处匹配</translation>
    </message>
    <message>
        <source>Close the find bar</source>
        <translation>关闭查找栏</translation>
    </message>
    <message>
        <source>not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>%L1 of %L2</source>
        <translation>%L1 / %L2</translation>
    </message>
</context>
<context>
    <name>octavo::ui::HeadsPage</name>
    <message>
        <source>Attention to what</source>
        <translation>注意力所向</translation>
    </message>
    <message>
        <source>Heat map of layers and heads</source>
        <translation>层与头的热图</translation>
    </message>
    <message>
        <source>Layer %1, head %2: %3 % of its attention. Click to see where it looked.</source>
        <translation>第 %1 层第 %2 头：其注意力的 %3%。点击查看它看了何处。</translation>
    </message>
    <message>
        <source>Shares of attention by layer and head; Return shows where a head looked</source>
        <translation>按层与头列出的注意力份额；按 Return 查看某个头看了何处</translation>
    </message>
    <message>
        <source>Attention to the text</source>
        <translation>对文本的注意力</translation>
    </message>
    <message>
        <source>Attention to source %1: %2</source>
        <translation>对来源 %1 的注意力：%2</translation>
    </message>
    <message>
        <source>Choose a head to see where it looked for “%1”.</source>
        <translation>选择一个头，查看它写“%1”时看了何处。</translation>
    </message>
    <message>
        <source>Where the heads looked is not known.</source>
        <translation>各个头看了何处尚不清楚。</translation>
    </message>
    <message>
        <source>Looking at each head while the answer is told again…</source>
        <translation>正在重述回答，逐个查看各个头…</translation>
    </message>
    <message>
        <source>Layer %1, head %2: %3 % of its attention went to the first tokens, the question and the answer itself; of the rest:</source>
        <translation>第 %1 层第 %2 头：其注意力的 %3% 落在最前面的词元、问题和回答本身上；其余部分：</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>share of each head’s attention</source>
        <translation>各个头的注意力份额</translation>
    </message>
    <message>
        <source>Head %1</source>
        <translation>第 %1 头</translation>
    </message>
    <message>
        <source>Layer %1</source>
        <translation>第 %1 层</translation>
    </message>
</context>
<context>
    <name>octavo::ui::HopsDock</name>
    <message>
        <source>Hops</source>
        <translation>跳</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>对数刻度</translation>
    </message>
    <message>
        <source>As table</source>
        <translation>以表格显示</translation>
    </message>
    <message>
        <source>Whole answer</source>
        <translation>整个回答</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>What to show</source>
        <translation>显示什么</translation>
    </message>
    <message>
        <source>Shares of attention as a table</source>
        <translation>以表格显示注意力份额</translation>
    </message>
    <message>
        <source>%1 % of the attention went to the question, the answer itself and the first tokens</source>
        <translation>%1% 的注意力落在问题、回答本身和最前面的词元上</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Map: %1</source>
        <translation>图：%1</translation>
    </message>
    <message>
        <source>%1 has no ending that says what to write; use .svg, .png, .csv, .json, .npy or .html.</source>
        <translation>从 %1 的扩展名看不出要写成什么格式；请用 .svg、.png、.csv、.json、.npy 或 .html。</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2); choose another folder.</source>
        <translation>无法写入 %1（%2）；请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Export hops</source>
        <translation>导出跳</translation>
    </message>
    <message>
        <source>SVG picture (*.svg);;PNG picture (*.png);;CSV table (*.csv);;JSON (*.json);;NumPy array (*.npy);;Web page (*.html)</source>
        <translation>SVG 图片 (*.svg);;PNG 图片 (*.png);;CSV 表格 (*.csv);;JSON (*.json);;NumPy 数组 (*.npy);;网页 (*.html)</translation>
    </message>
    <message>
        <source>Heads</source>
        <translation>注意力头</translation>
    </message>
    <message>
        <source>The text alone</source>
        <translation>仅文本</translation>
    </message>
    <message>
        <source>As if there were no question and no first tokens, which attention falls on for want of a better place: each word’s attention to the text adds up to 100 %</source>
        <translation>不计问题和最前面的词元（注意力无处可去时便落在那里）：每个词对文本的注意力合计为 100%</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>比较</translation>
    </message>
    <message>
        <source>%1, of what went to the text</source>
        <translation>%1，占落在文本上的部分</translation>
    </message>
</context>
<context>
    <name>octavo::ui::KeyEdit</name>
    <message>
        <source>Press the keys here</source>
        <translation>在此按下按键</translation>
    </message>
</context>
<context>
    <name>octavo::ui::KeyMap</name>
    <message>
        <source>%1 alone is needed for typing and moving about; hold Ctrl or Alt with it, or take a function key.</source>
        <translation>单独的 %1 键要用于输入和移动；请同时按住 Ctrl 或 Alt，或改用功能键。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::KeysDialog</name>
    <message>
        <source>Search the keyboard map</source>
        <translation>搜索键盘映射</translation>
    </message>
    <message>
        <source>Search by what it does, or by its keys</source>
        <translation>按功能或按键搜索</translation>
    </message>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Use them here</source>
        <translation>用在此处</translation>
    </message>
    <message>
        <source>Keyboard map</source>
        <translation>键盘映射</translation>
    </message>
    <message>
        <source>What keys do</source>
        <translation>按键的作用</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>作用</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>按键</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Keys of: %1</source>
        <translation>按键：%1</translation>
    </message>
    <message>
        <source>These keys cannot be changed.</source>
        <translation>这些按键不能更改。</translation>
    </message>
    <message>
        <source>%1 is taken by “%2”. Used here, it will do nothing there.</source>
        <translation>%1 已用于“%2”。若用在此处，在那里将不再起作用。</translation>
    </message>
    <message>
        <source>%1 is taken by “%2”, which cannot be changed. Press other keys.</source>
        <translation>%1 已用于“%2”，且不能更改。请按其他按键。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::LibraryPanel</name>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>New conversation about the selected documents</source>
        <translation>就选中的文档新建会话</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>会话</translation>
    </message>
    <message>
        <source>Remove from the library</source>
        <translation>从资料库中移除</translation>
    </message>
    <message>
        <source>What you open is listed here, with how much of it has been read.</source>
        <translation>打开的内容会列在这里，并注明已读多少。</translation>
    </message>
    <message>
        <source>Move to the trash</source>
        <translation>移到回收站</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Trash (%1)</source>
        <translation>回收站（%1）</translation>
    </message>
    <message>
        <source>Read its new text</source>
        <translation>阅读新文本</translation>
    </message>
    <message>
        <source>Read on</source>
        <translation>继续阅读</translation>
    </message>
    <message>
        <source>Read it</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>No conversation has these words.</source>
        <translation>没有会话含有这些词语。</translation>
    </message>
    <message>
        <source>Your conversations are kept here.</source>
        <translation>会话会保存在这里。</translation>
    </message>
    <message>
        <source>Stop reading</source>
        <translation>停止阅读</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新建会话</translation>
    </message>
    <message>
        <source>Summarize</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Choose what is read of it…</source>
        <translation>选择要读的部分…</translation>
    </message>
    <message>
        <source>Keep on the disk always</source>
        <translation>始终保留在磁盘上</translation>
    </message>
    <message>
        <source>What was read of it is not deleted to make room for others.</source>
        <translation>不会为给其他文档腾出空间而删除它的阅读结果。</translation>
    </message>
    <message>
        <source>Delete what was read (%1)</source>
        <translation>删除阅读结果（%1）</translation>
    </message>
    <message>
        <source>Remove from the library…</source>
        <translation>从资料库中移除…</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Conversation moved to the trash.</source>
        <translation>会话已移到回收站。</translation>
    </message>
    <message>
        <source>Search conversations and texts</source>
        <translation>搜索会话和文本</translation>
    </message>
    <message>
        <source>Search everything</source>
        <translation>搜索全部</translation>
    </message>
</context>
<context>
    <name>octavo::ui::MainWindow</name>
    <message>
        <source>Octavo archives (*.octavo)</source>
        <translation>Octavo 归档 (*.octavo)</translation>
    </message>
    <message>
        <source>Octavo</source>
        <translation>Octavo</translation>
    </message>
    <message>
        <source>Octavo ended unexpectedly last time. A report, without any text of your documents or chats, lies in %1; nothing was sent.</source>
        <translation>Octavo 上次意外结束。报告保存在 %1，其中没有任何文档或对话的文字；没有发送任何内容。</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Opening %1…</source>
        <translation>正在打开 %1…</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>配色</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Summarize files…</source>
        <translation>总结文件…</translation>
    </message>
    <message>
        <source>Import conversations…</source>
        <translation>导入会话…</translation>
    </message>
    <message>
        <source>Export everything…</source>
        <translation>全部导出…</translation>
    </message>
    <message>
        <source>Models…</source>
        <translation>模型…</translation>
    </message>
    <message>
        <source>Disk space…</source>
        <translation>磁盘空间…</translation>
    </message>
    <message>
        <source>Check the library</source>
        <translation>检查资料库</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Keyboard map…</source>
        <translation>键盘映射…</translation>
    </message>
    <message>
        <source>Opens the models</source>
        <translation>打开模型列表</translation>
    </message>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>Open files</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Open a folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Markdown (*.md)</source>
        <translation>Markdown (*.md)</translation>
    </message>
    <message>
        <source>Web page (*.html)</source>
        <translation>网页 (*.html)</translation>
    </message>
    <message>
        <source>PDF (*.pdf)</source>
        <translation>PDF (*.pdf)</translation>
    </message>
    <message>
        <source>JSON (*.json)</source>
        <translation>JSON (*.json)</translation>
    </message>
    <message>
        <source>Export a conversation</source>
        <translation>导出会话</translation>
    </message>
    <message>
        <source>The conversation is in %1.</source>
        <translation>会话已保存到 %1。</translation>
    </message>
    <message>
        <source>Export everything</source>
        <translation>全部导出</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入会话</translation>
    </message>
    <message>
        <source>Octavo is still reading or answering. What is done so far is kept if you close it now.</source>
        <translation>Octavo 仍在阅读或回答。现在关闭，已完成的部分会保留。</translation>
    </message>
    <message>
        <source>Octavo is still working</source>
        <translation>Octavo 仍在工作</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>%1
Context of %2 tokens</source>
        <translation>%1
上下文为 %2 个词元</translation>
    </message>
    <message>
        <source>
Not on the GPU: %1</source>
        <translation>
未在 GPU 上：%1</translation>
    </message>
    <message>
        <source>Keyboard map</source>
        <translation>键盘映射</translation>
    </message>
    <message>
        <source>What keys do, and how to change it.</source>
        <translation>按键的作用，以及如何更改。</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>How much what was read may take of the disk.</source>
        <translation>阅读结果最多可占用多少磁盘。</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>，还需 %1</translation>
    </message>
    <message>
        <source>The text is read first: %1%2</source>
        <translation>先阅读文本：%1%2</translation>
    </message>
    <message>
        <source>Summarize files</source>
        <translation>总结文件</translation>
    </message>
    <message>
        <source>Save the summary</source>
        <translation>保存总结</translation>
    </message>
    <message>
        <source>%1 cannot be written (%2); choose another place.</source>
        <translation>无法写入 %1（%2）；请选择其他位置。</translation>
    </message>
    <message>
        <source>Reading pictures of %1… %2 of %3 pages</source>
        <translation>正在识别 %1 的图片… 第 %2 页，共 %3 页</translation>
    </message>
    <message>
        <source>Opening %1… %2 files, %3</source>
        <translation>正在打开 %1… %2 个文件，%3</translation>
    </message>
    <message>
        <source>Counting the tokens of %1… %2</source>
        <translation>正在统计 %1 的词元数… %2</translation>
    </message>
    <message>
        <source>Stopped. What was read is kept.</source>
        <translation>已停止。已读的部分会保留。</translation>
    </message>
    <message>
        <source>%1 t/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>%1 — Octavo</source>
        <translation>%1 — Octavo</translation>
    </message>
    <message>
        <source>“%1” is a picture.</source>
        <translation>“%1”是图片。</translation>
    </message>
    <message>
        <source>All %1 pages of “%2” are pictures without text.</source>
        <translation>“%2”的 %1 页全是没有文字的图片。</translation>
    </message>
    <message>
        <source>One of %1 pages of “%2” is a picture without text.</source>
        <translation>“%2”的 %1 页中有 1 页是没有文字的图片。</translation>
    </message>
    <message>
        <source>%1 of %2 pages of “%3” are pictures without text.</source>
        <translation>“%3”的 %2 页中有 %1 页是没有文字的图片。</translation>
    </message>
    <message>
        <source>Read it with Tesseract (%1)? About %2.</source>
        <translation>要用 Tesseract（%1）识别吗？大约需要 %2。</translation>
    </message>
    <message>
        <source>Read them with Tesseract (%1)? About %2.</source>
        <translation>要用 Tesseract（%1）识别这些页吗？大约需要 %2。</translation>
    </message>
    <message>
        <source>Read it</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Read them</source>
        <translation>识别</translation>
    </message>
    <message>
        <source>Remove “%1” from the library? The file stays where it is and conversations keep their messages; what Octavo has read of it is deleted.</source>
        <translation>要从资料库中移除“%1”吗？文件会留在原处，会话的消息也会保留；Octavo 对它的阅读结果将被删除。</translation>
    </message>
    <message>
        <source>Remove from the library</source>
        <translation>从资料库中移除</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>%1 of %2 tokens read</source>
        <translation>已读 %1 个词元，共 %2 个</translation>
    </message>
    <message>
        <source>Your question waits until the text is read: %1%2</source>
        <translation>您的问题要等文本读完：%1%2</translation>
    </message>
    <message>
        <source>Your question comes next; then reading goes on.</source>
        <translation>接下来回答您的问题；之后继续阅读。</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>%1 tokens read</source>
        <translation>已读 %1 个词元</translation>
    </message>
    <message>
        <source>Memory of what was read (keys and values)</source>
        <translation>阅读结果（键和值）所占的内存</translation>
    </message>
    <message>
        <source>(without a title)</source>
        <translation>（无标题）</translation>
    </message>
    <message>
        <source>%1 at work</source>
        <translation>%1 项工作进行中</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>已读完</translation>
    </message>
    <message>
        <source>Reading has ended early</source>
        <translation>阅读提前结束</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>已回答</translation>
    </message>
    <message>
        <source>Summarizing has ended</source>
        <translation>总结已结束</translation>
    </message>
    <message>
        <source>Looked again at an answer</source>
        <translation>已重新查看一个回答</translation>
    </message>
    <message>
        <source>Downloaded</source>
        <translation>已下载</translation>
    </message>
    <message>
        <source>
Answers with Octavo’s adapter: %1</source>
        <translation>
回答时使用 Octavo 的适配器：%1</translation>
    </message>
</context>
<context>
    <name>octavo::ui::MapView</name>
    <message>
        <source>Heat map of the answer&apos;s attention</source>
        <translation>回答的注意力热图</translation>
    </message>
    <message>
        <source>The table view has the same numbers.</source>
        <translation>表格视图中有同样的数值。</translation>
    </message>
    <message>
        <source>Choose “Hops” under an answer to see where it looked.</source>
        <translation>在回答下方选择“跳”，查看它看了何处。</translation>
    </message>
    <message>
        <source>%1 %   %2</source>
        <translation>%1%   %2</translation>
    </message>
    <message>
        <source>“%1” looked at %2: %3 %</source>
        <translation>“%1”看了 %2：%3%</translation>
    </message>
</context>
<context>
    <name>octavo::ui::MarkdownView</name>
    <message>
        <source>Copy the code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Source %1</source>
        <translation>来源 %1</translation>
    </message>
</context>
<context>
    <name>octavo::ui::MessageView</name>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Ask in other words</source>
        <translation>换种说法提问</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Show where this answer looked</source>
        <translation>显示此回答看了何处</translation>
    </message>
    <message>
        <source>Show hops</source>
        <translation>显示跳</translation>
    </message>
    <message>
        <source>Copy the answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>The question as it was asked before</source>
        <translation>之前的问法</translation>
    </message>
    <message>
        <source>The answer before</source>
        <translation>之前的回答</translation>
    </message>
    <message>
        <source>The question as it was asked next</source>
        <translation>之后的问法</translation>
    </message>
    <message>
        <source>The next answer</source>
        <translation>下一个回答</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>Question in other words; Enter asks it, Escape leaves it as it was</source>
        <translation>换种说法的问题；按 Enter 提问，按 Esc 保持原样</translation>
    </message>
    <message>
        <source>%1 t/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>First word after %1 s; %2 tokens of the text were there already, %3 were read for this answer</source>
        <translation>%1 秒后出现第一个词；文本中有 %2 个词元此前已读，另有 %3 个为此回答而读</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>The model gave an empty answer. Ask in other words, or let it answer again.</source>
        <translation>模型给出了空的回答。请换种说法提问，或让它重新回答。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Verify the sources: is the answer less likely without them?</source>
        <translation>验证来源：没有它们，这个回答的可能性会降低吗？</translation>
    </message>
    <message>
        <source>What if? Ask again without parts of the text</source>
        <translation>假如没有？去掉文本的某些部分再问一次</translation>
    </message>
    <message>
        <source>Verifying: each passage is hidden in turn…</source>
        <translation>正在验证：依次隐藏每个段落…</translation>
    </message>
    <message>
        <source>Of each token in the sentences marked with a passage, where question and answer do not see it. Without as much text elsewhere: %1 % at most. What stands behind a passage was read with it in sight, so its whole part may be larger.</source>
        <translation>指标有该段落的句子中每个词元在问题和回答看不到它时的情况。隐藏别处同样多的文本：最多降低 %1%。段落之后的文本是在看得到它时读的，因此它的全部作用可能更大。</translation>
    </message>
    <message>
        <source>Hardly needed: without it %1 % less likely</source>
        <translation>几乎不需要：没有它，可能性降低 %1%</translation>
    </message>
    <message>
        <source>Without it %1 times less likely, most of all “%2”</source>
        <translation>没有它，可能性降至 1/%1，尤其是“%2”</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ModelsDialog</name>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>A model is a GGUF file of a Llama or Qwen. Drop one on the window, or import it; each keeps what it has read of your documents by itself.</source>
        <translation>模型是 Llama 或 Qwen 的 GGUF 文件。可以拖到窗口上，也可以导入；每个模型各自保存对您文档的阅读结果。</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>cannot be used</source>
        <translation>无法使用</translation>
    </message>
    <message>
        <source>There is no model in %1 yet.</source>
        <translation>%1 中还没有模型。</translation>
    </message>
    <message>
        <source>%1 · %2 · trained on texts of %3 tokens</source>
        <translation>%1 · %2 · 训练时的文本长度为 %3 个词元</translation>
    </message>
    <message>
        <source>Import a model</source>
        <translation>导入模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>Move %1 to the system’s trash? What it has read of your documents stays until the room is needed; conversations stay.</source>
        <translation>要将 %1 移到系统的回收站吗？它对您文档的阅读结果会保留到需要腾出空间时为止；会话会保留。</translation>
    </message>
    <message>
        <source>Remove a model</source>
        <translation>移除模型</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Where the model is on the net</source>
        <translation>模型在网上的地址</translation>
    </message>
    <message>
        <source>owner/name/file.gguf of Hugging Face, or an https address</source>
        <translation>Hugging Face 上的 owner/name/file.gguf，或 https 地址</translation>
    </message>
    <message>
        <source>SHA-256 that the file must have</source>
        <translation>文件应有的 SHA-256</translation>
    </message>
    <message>
        <source>SHA-256, if you know it</source>
        <translation>SHA-256（如果知道）</translation>
    </message>
    <message>
        <source>Octavo connects to the net for this alone, and only when you press Download.</source>
        <translation>Octavo 只为此联网，而且只在您按“下载”时。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>%1: %2 of %3</source>
        <translation>%1：%2，共 %3</translation>
    </message>
    <message>
        <source>, %1 left</source>
        <translation>，还剩 %1</translation>
    </message>
    <message>
        <source>; begun anew, since the file on the net is another one now</source>
        <translation>；已重新开始，因为网上的文件已变</translation>
    </message>
    <message>
        <source>What has come of a download that was stopped or cut off is kept, and gone on with.</source>
        <translation>停止或中断的下载会保留已收到的部分，并从那里继续。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::OutlinePopup</name>
    <message>
        <source>Contents of the document</source>
        <translation>文档目录</translation>
    </message>
</context>
<context>
    <name>octavo::ui::PageView</name>
    <message>
        <source>Pages of the document</source>
        <translation>文档的页面</translation>
    </message>
    <message>
        <source>Page %1</source>
        <translation>第 %1 页</translation>
    </message>
</context>
<context>
    <name>octavo::ui::PathView</name>
    <message>
        <source>Path of the answer&apos;s attention</source>
        <translation>回答的注意力路径</translation>
    </message>
    <message>
        <source>the answer: “%1”</source>
        <translation>回答：“%1”</translation>
    </message>
    <message>
        <source>%1: looked at with %2</source>
        <translation>%1：以 %2 的注意力看过</translation>
    </message>
    <message>
        <source>Choose “Hops” under an answer to see where it looked.</source>
        <translation>在回答下方选择“跳”，查看它看了何处。</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Chapters</source>
        <translation>章</translation>
    </message>
    <message>
        <source>Sections</source>
        <translation>节</translation>
    </message>
    <message>
        <source>Passages</source>
        <translation>段落</translation>
    </message>
    <message>
        <source>%1 ▸ %2: %3</source>
        <translation>%1 ▸ %2：%3</translation>
    </message>
</context>
<context>
    <name>octavo::ui::PreviewDialog</name>
    <message>
        <source>Before reading</source>
        <translation>阅读之前</translation>
    </message>
    <message>
        <source>%1 documents</source>
        <translation>%1 个文档</translation>
    </message>
    <message>
        <source>Read %1?</source>
        <translation>阅读 %1？</translation>
    </message>
    <message>
        <source>Untick what is to be left out. It is left out again when the text has changed and is read anew.</source>
        <translation>取消勾选要略去的部分。文本变动后重新阅读时，这些部分也会略去。</translation>
    </message>
    <message>
        <source>Search folders and files</source>
        <translation>搜索文件夹和文件</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>What is read, and what is left out</source>
        <translation>阅读哪些，略去哪些</translation>
    </message>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>read already</source>
        <translation>已读</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 内存</translation>
    </message>
    <message>
        <source>%1 of disk</source>
        <translation>%1 磁盘</translation>
    </message>
    <message>
        <source>Nothing is ticked.</source>
        <translation>没有勾选任何内容。</translation>
    </message>
    <message>
        <source>how fast this machine reads is known after the first reading</source>
        <translation>第一次阅读之后，才知道本机读得多快</translation>
    </message>
    <message>
        <source>%1 left out in any case, with their reasons above</source>
        <translation>另有 %1 项在任何情况下都会略去，原因见上</translation>
    </message>
    <message>
        <source>%1 found</source>
        <translation>找到 %1 项</translation>
    </message>
</context>
<context>
    <name>octavo::ui::PreviewModel</name>
    <message>
        <source>%1, %2, left out: %3</source>
        <translation>%1，%2，已略去：%3</translation>
    </message>
    <message>
        <source>%1, %2 tokens, %3</source>
        <translation>%1，%2 个词元，%3</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Share, or why it is left out</source>
        <translation>份额，或略去的原因</translation>
    </message>
    <message>
        <source>On disk</source>
        <translation>磁盘上</translation>
    </message>
</context>
<context>
    <name>octavo::ui::QuestionEdit</name>
    <message>
        <source>Your question</source>
        <translation>您的问题</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ReaderPage</name>
    <message>
        <source>Contents</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>后退</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>前进</translation>
    </message>
    <message>
        <source>Find in this document</source>
        <translation>在此文档中查找</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>The text as Octavo reads it</source>
        <translation>Octavo 所读的文本</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>The pages as they look</source>
        <translation>页面原貌</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ReaderText</name>
    <message>
        <source>Text of the document</source>
        <translation>文档的文本</translation>
    </message>
</context>
<context>
    <name>octavo::ui::ReadingCard</name>
    <message>
        <source>%1 tokens</source>
        <translation>%1 个词元</translation>
    </message>
    <message>
        <source>about %1</source>
        <translation>约 %1</translation>
    </message>
    <message>
        <source>%1 of memory</source>
        <translation>%1 内存</translation>
    </message>
    <message>
        <source>How much has been read</source>
        <translation>已读多少</translation>
    </message>
    <message>
        <source>Stop reading; what was read is kept</source>
        <translation>停止阅读；已读的部分会保留</translation>
    </message>
    <message>
        <source>Reading begins…</source>
        <translation>开始阅读…</translation>
    </message>
    <message>
        <source>%1 t/s</source>
        <translation>%1 词元/秒</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>还需 %1</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SettingRowView</name>
    <message>
        <source>Holds from the next start of Octavo.</source>
        <translation>下次启动 Octavo 时生效。</translation>
    </message>
    <message>
        <source>Back to the default: %1</source>
        <translation>恢复默认值：%1</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开启</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SettingsDialog</name>
    <message>
        <source>Search settings</source>
        <translation>搜索设置</translation>
    </message>
    <message>
        <source>No setting has these words.</source>
        <translation>没有设置含有这些词语。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Groups of settings</source>
        <translation>设置分组</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>打开…</translation>
    </message>
    <message>
        <source>Reset all</source>
        <translation>全部重置</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SourceChip</name>
    <message>
        <source>Source %1: %2, %3</source>
        <translation>来源 %1：%2，%3</translation>
    </message>
    <message>
        <source>&lt;p&gt;&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%2&lt;/p&gt;&lt;p&gt;%3 of the answer’s attention to the text&lt;/p&gt;</source>
        <translation>&lt;p&gt;&lt;b&gt;%1&lt;/b&gt;&lt;br&gt;%2&lt;/p&gt;&lt;p&gt;占回答对文本注意力的 %3&lt;/p&gt;</translation>
    </message>
    <message>
        <source>%1, verified</source>
        <translation>%1，已验证</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SpaceDialog</name>
    <message>
        <source>Disk space</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>What Octavo has understood of a book is kept, so that it is read once. Beyond the limit, what was not used for longest is deleted; documents that are kept always stay, and so do all conversations.</source>
        <translation>Octavo 对一本书的理解会保存下来，因此只需阅读一次。超出上限时，最久未用的会被删除；标为保留的文档和所有会话始终都在。</translation>
    </message>
    <message>
        <source>How much of the limit is taken</source>
        <translation>上限已用多少</translation>
    </message>
    <message>
        <source>Limit in gigabytes; 0: half of what is free</source>
        <translation>上限，以 GB 计；0：可用空间的一半</translation>
    </message>
    <message>
        <source> GB</source>
        <translation> GB</translation>
    </message>
    <message>
        <source>half of what is free</source>
        <translation>可用空间的一半</translation>
    </message>
    <message>
        <source>At most</source>
        <translation>上限</translation>
    </message>
    <message>
        <source>Set</source>
        <translation>设定</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>One book takes %1 of %2.</source>
        <translation>1 本书占用 %1，上限 %2。</translation>
    </message>
    <message>
        <source>%1 books take %2 of %3.</source>
        <translation>%1 本书占用 %2，上限 %3。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SummaryPage</name>
    <message>
        <source>Copy the summary as Markdown</source>
        <translation>以 Markdown 复制总结</translation>
    </message>
    <message>
        <source>Save the summary as Markdown…</source>
        <translation>以 Markdown 保存总结…</translation>
    </message>
    <message>
        <source>Parts of the summary that are written</source>
        <translation>总结中已写好的部分</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>重新阅读</translation>
    </message>
    <message>
        <source>Asks anew about just these chapters and puts the answers into the summary</source>
        <translation>仅就这些章重新提问，并将回答放入总结</translation>
    </message>
    <message>
        <source>Ask about it</source>
        <translation>就此提问</translation>
    </message>
    <message>
        <source>Begins a conversation about the same text</source>
        <translation>就同一文本开始会话</translation>
    </message>
    <message>
        <source>Chapters that were read again</source>
        <translation>重新阅读过的章</translation>
    </message>
    <message>
        <source>Part %1 of %2</source>
        <translation>第 %1 部分，共 %2 部分</translation>
    </message>
    <message>
        <source>, about %1 left</source>
        <translation>，约还需 %1</translation>
    </message>
    <message>
        <source>Stopped; %1 of %2 parts are written.</source>
        <translation>已停止；已写好 %1 部分，共 %2 部分。</translation>
    </message>
    <message>
        <source>No chapter is passed over: the summary looked at each of them, or mentions what is in it.</source>
        <translation>没有略过任何一章：总结看了每一章，或提到了其中的内容。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::SummaryPartView</name>
    <message>
        <source>not written yet</source>
        <translation>尚未写</translation>
    </message>
    <message>
        <source>being written…</source>
        <translation>正在写…</translation>
    </message>
    <message>
        <source>passed over</source>
        <translation>已略过</translation>
    </message>
    <message>
        <source>stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>nothing of it</source>
        <translation>没有其中的内容</translation>
    </message>
    <message>
        <source>read again</source>
        <translation>已重新阅读</translation>
    </message>
</context>
<context>
    <name>octavo::ui::TrashDialog</name>
    <message>
        <source>Erased at the next start</source>
        <translation>下次启动时清除</translation>
    </message>
    <message>
        <source>Erased in a day</source>
        <translation>1 天后清除</translation>
    </message>
    <message>
        <source>Erased in %1 days</source>
        <translation>%1 天后清除</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Put back</source>
        <translation>放回</translation>
    </message>
    <message>
        <source>Conversations in the trash</source>
        <translation>回收站中的会话</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>Conversations stay here for %1 days.</source>
        <translation>会话在这里保留 %1 天。</translation>
    </message>
    <message>
        <source>Erase…</source>
        <translation>清除…</translation>
    </message>
    <message>
        <source>Empty the trash…</source>
        <translation>清空回收站…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Erase this conversation for ever? This cannot be undone.</source>
        <translation>要永久清除此会话吗？此操作无法撤销。</translation>
    </message>
    <message>
        <source>Erase %1 conversations for ever? This cannot be undone.</source>
        <translation>要永久清除 %1 个会话吗？此操作无法撤销。</translation>
    </message>
    <message>
        <source>Erase</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
</context>
<context>
    <name>octavo::ui::WelcomePage</name>
    <message>
        <source>Drop a book or a code folder here</source>
        <translation>将书或代码文件夹拖到这里</translation>
    </message>
    <message>
        <source>Octavo reads all of it, answers your questions and shows the passages each answer drew on. PDF, EPUB, Word and web pages, plain text and source code; nothing leaves this machine.</source>
        <translation>Octavo 会全部读完，回答您的问题，并显示每个回答所参考的段落。支持 PDF、EPUB、Word 和网页，以及纯文本和源代码；一切都不离开本机。</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Open a folder…</source>
        <translation>打开文件夹…</translation>
    </message>
    <message>
        <source>Summarize…</source>
        <translation>总结…</translation>
    </message>
    <message>
        <source>Reads files and summarizes them, chapter by chapter and as a whole</source>
        <translation>阅读文件并总结，逐章总结，也总结全文</translation>
    </message>
    <message>
        <source>Try it with Octavo’s own source code</source>
        <translation>用 Octavo 自身的源代码试试</translation>
    </message>
</context>
<context>
    <name>octavo::ui::WhatIfDialog</name>
    <message>
        <source>Passages the answer drew on</source>
        <translation>回答所参考的段落</translation>
    </message>
    <message>
        <source>What if?</source>
        <translation>假如没有？</translation>
    </message>
    <message>
        <source>Untick what question and answer are not to see, and ask again. Nothing is read anew: what stands behind a part was read with it in sight.</source>
        <translation>取消勾选问题和回答不应看到的部分，然后再问一次。不会重新阅读：某部分之后的文本是在看得到它时读的。</translation>
    </message>
    <message>
        <source>Parts that the answer may look at</source>
        <translation>回答可以看的部分</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>再问一次</translation>
    </message>
    <message>
        <source>Leave at least one part in.</source>
        <translation>请至少保留一个部分。</translation>
    </message>
    <message>
        <source>Nothing is left out yet.</source>
        <translation>尚未去掉任何部分。</translation>
    </message>
    <message>
        <source>One part is left out.</source>
        <translation>去掉了一个部分。</translation>
    </message>
    <message>
        <source>%1 parts are left out.</source>
        <translation>去掉了 %1 个部分。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>octavo::ui::WindowSettings</name>
    <message>
        <source>%1 cannot be written, so settings hold until Octavo is closed; make the file writable, or choose another data folder.</source>
        <translation>无法写入 %1，因此设置只在关闭 Octavo 之前有效；请将文件设为可写，或选择其他数据文件夹。</translation>
    </message>
</context>
<context>
    <name>octavo::ui::WorkPanel</name>
    <message>
        <source>Nothing is being read, answered or summarized.</source>
        <translation>没有正在阅读、回答或总结的内容。</translation>
    </message>
    <message>
        <source>What is being done</source>
        <translation>正在进行的工作</translation>
    </message>
    <message>
        <source>pictures of pages</source>
        <translation>页面图片</translation>
    </message>
    <message>
        <source>%1 files</source>
        <translation>%1 个文件</translation>
    </message>
    <message>
        <source>counting tokens</source>
        <translation>正在统计词元数</translation>
    </message>
    <message>
        <source>the text is read first</source>
        <translation>先阅读文本</translation>
    </message>
    <message>
        <source>%1 of %2 parts</source>
        <translation>%1 部分，共 %2 部分</translation>
    </message>
    <message>
        <source>%1 jobs</source>
        <translation>%1 项工作</translation>
    </message>
    <message>
        <source>%1, and %2 more</source>
        <translation>%1，另有 %2 项</translation>
    </message>
</context>
<context>
    <name>octavo::ui::WorkRow</name>
    <message>
        <source>Opening %1</source>
        <translation>正在打开 %1</translation>
    </message>
    <message>
        <source>Reading %1</source>
        <translation>正在阅读 %1</translation>
    </message>
    <message>
        <source>Answering in %1</source>
        <translation>正在“%1”中回答</translation>
    </message>
    <message>
        <source>Summarizing %1</source>
        <translation>正在总结 %1</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>正在排队</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>paused at %1</source>
        <translation>已暂停于 %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>还需 %1</translation>
    </message>
    <message>
        <source>begins…</source>
        <translation>即将开始…</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>How far it has come: %1</source>
        <translation>进度：%1</translation>
    </message>
    <message>
        <source>Go on: %1</source>
        <translation>继续：%1</translation>
    </message>
    <message>
        <source>Pause: %1</source>
        <translation>暂停：%1</translation>
    </message>
    <message>
        <source>Take off the list: %1</source>
        <translation>从列表中移去：%1</translation>
    </message>
    <message>
        <source>Stop: %1</source>
        <translation>停止：%1</translation>
    </message>
    <message>
        <source>Looking again at an answer in %1</source>
        <translation>正在重新查看 %1 中的回答</translation>
    </message>
    <message>
        <source>Downloading %1</source>
        <translation>正在下载 %1</translation>
    </message>
</context>
</TS>
