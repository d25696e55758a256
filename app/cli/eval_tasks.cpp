// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_tasks.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>

#include "assistant/plan_words.h"
#include "cli/eval_files.h"
#include "eval/eval_book.h"
#include "eval/eval_subject.h"
#include "eval/eval_table.h"
#include "eval/task_maker.h"
#include "octavo/app/hop_png.h"

namespace octavo::app::cli {

namespace {

namespace fs = std::filesystem;

Result<std::vector<GivenQuestion>> questionsIn(const std::string& path)
{
    std::vector<GivenQuestion> questions;
    if (path.empty())
        return questions;
    std::ifstream in(path);
    if (!in)
        return Error{Errc::NotFound, path, {}};
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) {
        const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
        const auto isText = [&](const char* key) { return object.is_object() && object.contains(key) && object[key].is_string(); };
        const bool whole = isText("document") && isText("question") && object.contains("answers") && object["answers"].is_array() && !object["answers"].empty()
            && std::all_of(object["answers"].begin(), object["answers"].end(), [](const nlohmann::json& answer) { return answer.is_string(); });
        if (!whole)
            return Error{Errc::BadMetadata, path, "line " + std::to_string(number) + " is not {\"document\": text, \"question\": text, \"answers\": [text, …]}"};
        questions.push_back({object["document"], object["question"], object["answers"]});
    }
    return questions;
}

// The samples of a run, on disk line by line: the first line says what run it is.
class SampleFile {
public:
    // Takes up what is there, if it is of the same run. Errors: WriteFailed, InvalidArgument (of another run, or not such a file).
    Result<void> open(const fs::path& file, const nlohmann::json& run)
    {
        std::ifstream in(file);
        std::string line;
        if (in && std::getline(in, line)) {
            if (nlohmann::json::parse(line, nullptr, false) != run)
                return Error{Errc::InvalidArgument, "-o", file.string() + " is of a run with other settings; choose another folder"};
            while (std::getline(in, line)) {
                // The last line may be cut off, where a run was killed.
                if (const auto sample = evalSampleOf(nlohmann::json::parse(line, nullptr, false)))
                    m_samples.push_back(*sample);
            }
        }
        in.close();
        // Beside it first: hours of samples must not hang on a moment in which the file is empty.
        m_file = file;
        const fs::path partial = file.string() + ".partial";
        m_out.open(partial, std::ios::trunc);
        m_out << run.dump() << '\n';
        for (const EvalSample& sample : m_samples)
            write(sample);
        std::error_code failed;
        if (m_out)
            fs::rename(partial, file, failed);   // what is open goes on under its new name
        return failed ? Error{Errc::WriteFailed, file.string(), failed.message()} : whole();
    }

    Result<void> add(EvalSample sample)
    {
        if (m_out.is_open())
            write(sample);
        m_samples.push_back(std::move(sample));
        return whole();
    }

    bool has(const std::string& task, std::uint64_t tokens, unsigned number) const
    {
        return std::any_of(m_samples.begin(), m_samples.end(), [&](const EvalSample& known) { return known.task == task && known.tokens == tokens && known.sample == number; });
    }
    const std::vector<EvalSample>& samples() const { return m_samples; }

private:
    void write(const EvalSample& sample) { m_out << jsonOf(sample).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl; }
    Result<void> whole() const
    {
        if (!m_out)
            return Error{Errc::WriteFailed, m_file.string(), {}};
        return {};
    }

    fs::path m_file;
    std::ofstream m_out;
    std::vector<EvalSample> m_samples;
};

std::vector<std::string> tasksOf(const EvalTasksOptions& options)
{
    if (!options.tasks.empty())
        return options.tasks;
    std::vector<std::string> all = TaskMaker::names();
    if (options.questions.empty())
        std::erase(all, "qa");
    return all;
}

// All samples of one task at one length that are not there yet.
Result<void> tryTask(const Session& session, const EvalTasksOptions& options, const TaskMaker& maker, const std::string& task, std::uint64_t tokens, EvalSubject& subject,
                     SampleFile& file)
{
    for (unsigned number = 0; number < options.samples; ++number) {
        if (file.has(task, tokens, number))
            continue;
        const auto made = maker.make(task, tokens, number, options.samples);
        if (!made)
            return made.error();
        const std::string where = task + ", " + std::to_string(tokens) + " tokens, sample " + std::to_string(number + 1) + " of " + std::to_string(options.samples);
        const auto result = subject.run(
            *made, [&](const ReadingProgress& step) { session.progress(where + ": " + std::to_string(100 * step.done / std::max<std::uint64_t>(1, step.total)) + " % read"); },
            session.stop);
        if (!result)
            return result.error();
        if (const auto added = file.add({task, tokens, number, made->depth, *result}); !added)
            return added;
    }
    return {};
}

} // namespace

int evalTasks(const Session& session, const EvalTasksOptions& options)
{
    const auto questions = questionsIn(options.questions);
    if (!questions)
        return session.fail(questions.error());
    const auto model = session.openModel();
    if (!model)
        return kFailed;
    const auto book = evalBookText(options.book);
    if (!book)
        return session.fail(book.error());
    const TaskMaker maker(model->tokenizer(), *book, *questions, options.seed);
    const std::vector<std::string> tasks = tasksOf(options);

    nlohmann::json plans = nlohmann::json::object();
    for (const std::uint64_t tokens : options.lengths) {
        const auto choice = options.plan.choose(*model, tokens, 0);
        if (!choice)
            return session.fail(choice.error());
        plans[std::to_string(tokens)] = jsonOf(readPlanOf(*choice, model->config()));
    }
    const nlohmann::json run{{"model", model->config().name}, {"model_hash", model->askingHash()}, {"precision", session.precision}, {"kv", options.plan.kv},
                             {"book", fs::path(options.book).filename().string()}, {"samples", options.samples}, {"seed", options.seed}, {"plans", plans}};

    SampleFile file;
    const fs::path folder = options.folder;
    if (!options.folder.empty()) {
        std::error_code failed;
        fs::create_directories(folder, failed);
        if (const auto opened = file.open(folder / "samples.jsonl", run); !opened)
            return session.fail(opened.error());
    }
    for (const std::uint64_t tokens : options.lengths) {
        const auto choice = options.plan.choose(*model, tokens, 0);
        EvalSubject subject(model, choice->plan, tokens);
        for (const std::string& task : tasks)
            if (const auto tried = tryTask(session, options, maker, task, tokens, subject, file); !tried)
                return session.fail(tried.error());
    }
    session.endProgress();

    const std::vector<EvalRow> rows = evalRowsOf(file.samples());
    nlohmann::json object = run;
    for (const EvalRow& row : rows)
        object["rows"].push_back(jsonOf(row));
    const std::string table = markdownOf(rows);
    if (!options.folder.empty()) {
        const QByteArray plot = pngOfSvg(linePlotSvg({plotOf(rows, QStringLiteral("%1 on %2").arg(QString::fromStdString(model->config().name), QString::fromStdString(run["book"])))}));
        if (const auto written = writeResults(folder, {{"tasks.md", table}, {"tasks.json", object.dump(1)}, {"tasks.png", plot.toStdString()}}); !written)
            return session.fail(written.error());
    }
    return session.done(object, table);
}

} // namespace octavo::app::cli
