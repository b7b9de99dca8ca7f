#include "eval/retrieval_data.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>

#include <fmt/format.h>

#include "base/csv.hpp"
#include "base/text.hpp"
#include "eval/data_files.hpp"

namespace offhook::eval {
namespace {

namespace fs = std::filesystem;

std::string text_of(const json::value& object, std::initializer_list<std::string_view> names) {
  for (const auto name : names) {
    if (const auto text = find_string(object, name); text && !text->empty()) return std::string(*text);
  }
  return {};
}

Result<std::vector<json::value>> read_lines(const fs::path& path) {
  auto text = read_data_file(path);
  if (!text) return fail(text);
  std::vector<json::value> lines;
  for (const auto line : split(*text, '\n')) {
    if (trim(line).empty()) continue;
    auto value = parse_json(line);
    if (!value) return fail(ErrorKind::invalid_argument, path.string() + ": " + std::string(value.error().message()));
    lines.push_back(std::move(*value));
  }
  return lines;
}

/// The fields of a file in SMART's format: ".I 1", ".T", text, ".W", text, ….
std::vector<std::map<char, std::string>> read_smart(std::string_view text) {
  std::vector<std::map<char, std::string>> records;
  char field = 0;
  for (const auto raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    const bool is_mark =
        line.size() >= 2 && line[0] == '.' && line[1] >= 'A' && line[1] <= 'Z' && (line.size() == 2 || line[2] == ' ');
    if (is_mark) {
      field = line[1];
      if (field == 'I') records.emplace_back()['I'] = trim(line.substr(2));
    } else if (!records.empty()) {
      records.back()[field] += std::string(line) + ' ';
    }
  }
  return records;
}

Result<RetrievalData> read_smart_cranfield(const fs::path& folder) {
  auto documents = read_data_file(folder / "cran.all.1400");
  if (!documents) return fail(documents);
  auto queries = read_data_file(folder / "cran.qry");
  if (!queries) return fail(queries);
  auto judged = read_data_file(folder / "cranqrel");
  if (!judged) return fail(judged);
  RetrievalData data{.name = "cranfield", .passages = {}, .questions = {}};
  for (auto& record : read_smart(*documents)) {
    data.passages.push_back({.id = record['I'], .heading = one_line(record['T']), .text = one_line(record['W'])});
  }
  for (auto& record : read_smart(*queries)) {
    data.questions.push_back(
        {.id = fmt::format("{}", data.questions.size() + 1), .text = one_line(record['W']), .relevant = {}});
  }
  for (const auto line : split(*judged, '\n')) {
    const std::string row = one_line(line);
    const auto fields = split(row, ' ');
    if (fields.size() < 2) continue;
    const std::size_t number = std::strtoul(std::string(fields[0]).c_str(), nullptr, 10);
    // 1 to 4 are degrees of relevance, -1 and 5 are none.
    const int degree = fields.size() > 2 ? std::atoi(std::string(fields[2]).c_str()) : 1;
    if (number >= 1 && number <= data.questions.size() && degree >= 1 && degree <= 4)
      data.questions[number - 1].relevant.insert(std::string(fields[1]));
  }
  return data;
}

Result<RetrievalData> read_jsonl_cranfield(const fs::path& folder) {
  auto corpus = read_lines(folder / "corpus.jsonl");
  if (!corpus) return fail(corpus);
  auto queries = read_lines(folder / "queries.jsonl");
  if (!queries) return fail(queries);
  auto judged = read_data_file(folder / "qrels" / "test.tsv");
  if (!judged) return fail(judged);
  std::map<std::string, std::set<std::string>> relevant;
  for (const auto& row : read_csv_rows(*judged, '\t')) {
    if (row.size() >= 3 && std::atoi(row[2].c_str()) > 0) relevant[row[0]].insert(row[1]);
  }
  RetrievalData data{.name = "cranfield", .passages = {}, .questions = {}};
  for (const auto& document : *corpus) {
    data.passages.push_back({.id = text_of(document, {"_id", "id"}),
                             .heading = text_of(document, {"title"}),
                             .text = text_of(document, {"text"})});
  }
  for (const auto& query : *queries) {
    const std::string id = text_of(query, {"_id", "id"});
    data.questions.push_back({.id = id, .text = text_of(query, {"text"}), .relevant = relevant[id]});
  }
  return data;
}

Result<std::vector<fs::path>> json_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error)) {
    if (file->path().extension() == ".json") files.push_back(file->path());
  }
  if (error) return fail(ErrorKind::not_found, fmt::format("cannot read {}: {}", folder.string(), error.message()));
  std::ranges::sort(files);
  return files;
}

}  // namespace

Result<RetrievalData> read_xquad(const fs::path& file) {
  auto content = read_json_file(file);
  if (!content) return fail(content);
  const auto* articles = find_array(*content, "data");
  if (articles == nullptr) return fail(ErrorKind::invalid_argument, file.string() + ": \"data\" is missing");
  RetrievalData data;
  for (const auto& article : *articles) {
    const auto* paragraphs = find_array(article, "paragraphs");
    if (paragraphs == nullptr) continue;
    for (const auto& paragraph : *paragraphs) {
      const std::string id = fmt::format("p{}", data.passages.size());
      data.passages.push_back({.id = id, .heading = {}, .text = text_of(paragraph, {"context"})});
      const auto* questions = find_array(paragraph, "qas");
      if (questions == nullptr) continue;
      for (const auto& question : *questions) {
        data.questions.push_back(
            {.id = text_of(question, {"id"}), .text = text_of(question, {"question"}), .relevant = {id}});
      }
    }
  }
  return data;
}

Result<RetrievalData> read_cranfield(const fs::path& folder) {
  auto data = fs::exists(folder / "corpus.jsonl") ? read_jsonl_cranfield(folder) : read_smart_cranfield(folder);
  if (data) std::erase_if(data->questions, [](const auto& question) { return question.relevant.empty(); });
  return data;
}

Result<RetrievalData> read_tau2(const fs::path& folder) {
  RetrievalData data{.name = "tau2_banking", .passages = {}, .questions = {}};
  auto documents = json_files(folder / "documents");
  if (!documents) return fail(documents);
  for (const auto& path : *documents) {
    auto document = read_json_file(path);
    if (!document) return fail(document);
    std::string id = text_of(*document, {"id", "doc_id", "document_id"});
    data.passages.push_back({.id = id.empty() ? path.stem().string() : std::move(id),
                             .heading = text_of(*document, {"title", "name"}),
                             .text = text_of(*document, {"content", "text", "body"})});
  }
  auto tasks = json_files(folder / "tasks");
  if (!tasks) return fail(tasks);
  for (const auto& path : *tasks) {
    auto task = read_json_file(path);
    if (!task) return fail(task);
    RetrievalQuestion question{
        .id = path.stem().string(), .text = text_of(*task, {"query", "question"}), .relevant = {}};
    if (const auto* instructions = find_at(*task, {"user_scenario", "instructions"});
        instructions != nullptr && question.text.empty()) {
      question.text = instructions->is_string() ? to_std_string(*instructions)
                                                : text_of(*instructions, {"reason_for_call", "task_instructions"});
    }
    const auto* required = find_array(*task, "required_documents");
    if (required == nullptr || question.text.empty()) continue;
    for (const auto& id : *required) {
      question.relevant.insert(id.is_object() ? text_of(id, {"id", "doc_id", "document_id"}) : to_std_string(id));
    }
    if (!question.relevant.empty()) data.questions.push_back(std::move(question));
  }
  return data;
}

}  // namespace offhook::eval
