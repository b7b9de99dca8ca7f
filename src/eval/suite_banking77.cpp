#include <algorithm>
#include <array>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <map>
#include <set>

#include "base/csv.hpp"
#include "brain/linear_model.hpp"
#include "eval/all_suites.hpp"
#include "eval/data_files.hpp"

namespace offhook::eval {
namespace {

constexpr std::size_t kFolds = 5;
// Labels that one more model never saw, to measure what it says of them: every eleventh.
constexpr std::size_t kStrangerStep = 11;

using Sentences = std::vector<brain::LabelledSentence>;

Result<Sentences> read_sentences(const std::filesystem::path& path) {
  auto text = read_data_file(path);
  if (!text) return fail(text);
  Sentences sentences;
  const auto rows = read_csv_rows(*text, ',');
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].size() != 2) return fail(ErrorKind::invalid_argument, path.string() + ": not text,category");
    sentences.push_back({rows[i][0], {rows[i][1]}});
  }
  return sentences;
}

// Seconds of this thread: others may want the processor too.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + (static_cast<double>(now.tv_nsec) * 1e-9);
}

class Measurement {
 public:
  void round(const Sentences& training, const Sentences& test) {
    const double begin = thread_seconds();
    const auto model = brain::LinearModel::train(training);
    training_seconds_ = std::max(training_seconds_, thread_seconds() - begin);
    for (const auto& sentence : test) {
      const double before = thread_seconds();
      const auto guesses = model.classify(sentence.text);
      classifying_seconds_ += thread_seconds() - before;
      const auto& best = guesses.front();
      const bool is_right = best.label == sentence.labels.front();
      report_.cases += 1;
      right_ += is_right ? 1 : 0;
      auto& bucket = buckets_[std::min<std::size_t>(9, static_cast<std::size_t>(best.score * 10))];
      bucket.count += 1;
      bucket.right += is_right ? 1 : 0;
      bucket.score += best.score;
      report_.add({.id = {},
                   .input = sentence.text,
                   .expected = sentence.labels.front(),
                   .got = best.label,
                   .is_right = is_right});
    }
  }

  // How well in_scope() tells sentences of known labels from those of labels left out of the training: the chance
  // that of two, one of each, the known one gets the higher figure.
  void strangers(const Sentences& sentences) {
    std::map<std::string, std::size_t> numbers;
    for (const auto& sentence : sentences) numbers.emplace(sentence.labels.front(), numbers.size());
    Sentences training;
    std::vector<std::pair<double, bool>> judged;
    std::vector<const brain::LabelledSentence*> test;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      const bool is_stranger = numbers[sentences[i].labels.front()] % kStrangerStep == 0;
      if (!is_stranger && i % kFolds != 0) training.push_back(sentences[i]);
      if (is_stranger || i % kFolds == 0) test.push_back(&sentences[i]);
    }
    const auto model = brain::LinearModel::train(training);
    for (const auto* sentence : test) {
      judged.emplace_back(model.in_scope(sentence->text), numbers[sentence->labels.front()] % kStrangerStep != 0);
    }
    std::ranges::sort(judged);
    double known_above = 0;
    double strangers = 0;
    double known = 0;
    for (const auto& [score, is_known] : judged) {
      if (is_known) {
        known_above += strangers;
        known += 1;
      } else {
        strangers += 1;
      }
    }
    if (known > 0 && strangers > 0) scope_ = known_above / (known * strangers);
  }

  Report finish() && {
    const auto total = static_cast<double>(report_.cases);
    double calibration = 0;
    for (const auto& bucket : buckets_) calibration += std::abs(bucket.score - static_cast<double>(bucket.right));
    report_.suite = "banking77";
    report_.figures = {
        {.name = "accuracy", .value = static_cast<double>(right_) / total, .target = 0.915},
        {.name = "ms_per_classification",
         .value = classifying_seconds_ / total * 1000,
         .unit = "ms",
         .target = 0.2,
         .is_limit = true},
        {.name = "seconds_to_train", .value = training_seconds_, .unit = "s", .target = 3, .is_limit = true},
        {.name = "calibration_error", .value = calibration / total},
        {.name = "out_of_scope_auc", .value = scope_},
    };
    return std::move(report_);
  }

 private:
  struct Bucket {
    std::size_t count = 0;
    std::size_t right = 0;
    double score = 0;
  };
  Report report_;
  std::size_t right_ = 0;
  double training_seconds_ = 0;
  double classifying_seconds_ = 0;
  double scope_ = 0;
  std::array<Bucket, 10> buckets_;
};

}  // namespace

Result<Report> run_banking77(const SuiteInput& input) {
  const auto folder = input.data / "banking77";
  auto sentences = read_sentences(folder / "train.csv");
  if (!sentences) return fail(sentences);
  // One sentence a label is not enough to learn from some and be asked about others.
  std::set<std::string> labels;
  for (const auto& sentence : *sentences) labels.insert(sentence.labels.front());
  if (sentences->size() == labels.size()) {
    return fail(ErrorKind::invalid_argument, (folder / "train.csv").string() + ": no label has two sentences");
  }
  const auto told = [&input](double share) {
    if (input.progress) input.progress(share);
  };
  Measurement measurement;
  if (std::filesystem::exists(folder / "test.csv")) {
    auto test = read_sentences(folder / "test.csv");
    if (!test) return fail(test);
    measurement.round(*sentences, *test);
  } else {
    // The n-th sentence of each label goes to fold n mod 5.
    std::map<std::string, std::size_t> seen;
    std::vector<std::size_t> folds;
    for (const auto& sentence : *sentences) folds.push_back(seen[sentence.labels.front()]++ % kFolds);
    for (std::size_t fold = 0; fold < kFolds; ++fold) {
      Sentences training;
      Sentences test;
      for (std::size_t i = 0; i < sentences->size(); ++i) {
        (folds[i] == fold ? test : training).push_back((*sentences)[i]);
      }
      measurement.round(training, test);
      told(static_cast<double>(fold + 1) / (kFolds + 1));
    }
  }
  measurement.strangers(*sentences);
  return std::move(measurement).finish();
}

}  // namespace offhook::eval
