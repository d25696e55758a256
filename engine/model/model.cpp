// SPDX-License-Identifier: Apache-2.0
#include "octavo/engine/model.h"

#include "model/adapter.h"
#include "model/file_error.h"
#include "octavo/engine/model_head.h"
#include "run/guarded.h"

namespace octavo {

namespace {

// All that a reading depends on, before adapters add theirs.
void addTo(ContentHash& hash, const ModelConfig& config, const GgufFile& file)
{
    hash.add(config.architecture);
    for (const std::uint32_t number : {config.layers, config.hidden, config.heads, config.kvHeads, config.headWidth, config.feedForward, config.context})
        hash.add(number);
    const RopeSettings& rope = config.rope; // its divisors are a tensor
    hash.add(static_cast<int>(rope.scaling));
    for (const double number : {static_cast<double>(config.normEpsilon), rope.base, rope.factor, rope.originalContext, rope.betaFast, rope.betaSlow,
                                rope.attentionFactor})
        hash.add(number);
    for (const GgufTensor& tensor : file.tensors())
        hash.add(tensor);
}

} // namespace

Model::Model() = default;
Model::~Model() = default;

Result<std::shared_ptr<const Model>> Model::open(const std::filesystem::path& path, std::shared_ptr<Engine> engine, const ModelOptions& options)
{
    return guarded(Error{Errc::OutOfMemory, path.string(), {}}, [&] { return tryToOpen(path, std::move(engine), options); });
}

Result<std::shared_ptr<const Model>> Model::tryToOpen(const std::filesystem::path& path, std::shared_ptr<Engine> engine, const ModelOptions& options)
{
    auto file = GgufFile::open(path);
    if (!file)
        return inFile(path, file.error());
    auto head = ModelHead::of(**file);
    if (!head)
        return inFile(path, head.error());
    ModelConfig& config = head->config;

    std::shared_ptr<Model> model(new Model);
    auto weights = bindWeights(std::move(*file), config, engine->cpu());
    if (!weights)
        return inFile(path, weights.error());
    ContentHash reading, asking;
    addTo(reading, config, *(*weights)->file);
    const std::string unadapted = reading.text();
    bool isAskedOtherwise = false;
    const auto apply = [&](const GgufFile& adapter) -> Result<void> {
        const auto scope = applyAdapter(adapter, config, **weights, reading, asking);
        if (!scope)
            return scope.error();
        isAskedOtherwise = isAskedOtherwise || *scope == AdapterScope::Asking;
        return {};
    };
    for (const std::filesystem::path& adapterPath : options.adapters) {
        const auto adapter = GgufFile::open(adapterPath);
        if (!adapter)
            return inFile(adapterPath, adapter.error());
        if (const auto applied = apply(**adapter); !applied)
            return inFile(adapterPath, applied.error());
    }
    if (options.adapters.empty()) {
        for (const std::span<const std::byte> bytes : options.offered) {
            const auto adapter = GgufFile::parse(bytes);
            if (!adapter)
                return adapter.error();
            if ((*adapter)->stringValue("octavo.adapter.model") != unadapted)
                continue;
            if (const auto applied = apply(**adapter); !applied)
                return applied.error();
            model->m_offered.emplace_back((*adapter)->stringValue("general.name").value_or("adapter"));
        }
    }
    asking.add(reading.text());
    if (const auto measured = options.measuredLayers.find(reading.text()); measured != options.measuredLayers.end())
        config.wideLayers = measured->second;
    model->m_config = std::move(config);
    model->m_tokenizer = std::move(head->tokenizer);
    model->m_chat = std::move(head->chat);
    model->m_hash = reading.text();
    model->m_askingHash = isAskedOtherwise ? asking.text() : model->m_hash;
    model->m_weights = std::move(*weights);
    model->m_engine = std::move(engine);
    if (const auto chosen = model->chooseDevice(); !chosen)
        return chosen.error(); // of the GPU, not of the file
    return std::shared_ptr<const Model>(std::move(model));
}

Result<void> Model::chooseDevice()
{
    m_backend = &m_engine->cpu();
    m_whyNoGpu = m_engine->whyNoGpu();
    if (!m_engine->gpu())
        return {};
    auto held = m_engine->gpu()->hold(m_config, *m_weights, m_engine->gpuLayers());
    if (held) {
        m_held = std::move(*held);
        m_backend = m_engine->gpu();
        return {};
    }
    if (m_engine->deviceChoice() == DeviceChoice::Cuda)
        return held.error();
    constexpr std::uint64_t kMegabyte = 1'000'000;
    const Error& why = held.error();
    m_whyNoGpu = m_engine->gpu()->name();
    if (why.code == Errc::OutOfMemory)
        m_whyNoGpu += " has " + std::to_string(why.room / kMegabyte) + " MB of memory left, " + std::to_string(why.needed / kMegabyte) + " MB are needed";
    else if (why.code == Errc::UnsupportedType)
        m_whyNoGpu += " has no kernels for " + why.subject + " " + why.detail;
    else
        m_whyNoGpu += ": " + why.detail;
    return {};
}

std::string Model::device() const
{
    std::string name = m_backend->name();
    if (m_held && gpuLayers() < m_config.layers)
        name += ", " + std::to_string(gpuLayers()) + " of " + std::to_string(m_config.layers) + " layers kept there";
    return name;
}

std::uint32_t Model::gpuLayers() const { return m_held ? m_held->residentLayers() : 0; }
const std::filesystem::path& Model::file() const { return m_weights->file->path(); }
std::uint64_t Model::fileSize() const { return m_weights->file->fileSize(); }

} // namespace octavo
