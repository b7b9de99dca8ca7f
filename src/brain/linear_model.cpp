#include "brain/linear_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>

#include <fmt/format.h>

namespace offhook::brain {
namespace {

// Change it with anything that changes features, training or layout.
constexpr std::string_view kVersion = "offhook linear model 2\n";
// Scores to probabilities: chosen on cross-validated scores of the training file of banking77.
constexpr float kSharpness = 3.5F;
// A class by itself is meant from this score on, unless the training has found better.
constexpr float kMeant = -0.5F;
// Where the best score of what no label means falls off; chosen by leaving labels out of the same file.
constexpr float kScope = -0.4F;
constexpr float kScopeSharpness = 8.0F;
// Features of only one sentence say little when there are many sentences.
constexpr std::size_t kManySentences = 1000;

std::uint64_t checksum(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    hash = (hash ^ word) * 0x100000001b3ULL;
    hash ^= hash >> 32U;
  }
  for (; at < bytes.size(); ++at) hash = (hash ^ static_cast<unsigned char>(bytes[at])) * 0x100000001b3ULL;
  return hash;
}

template <class T>
void put(std::string& out, const T& value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::optional<std::string_view> take(std::size_t size) {
    if (rest_.size() < size) return std::nullopt;
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  template <class T>
  bool read(T& out) {
    const auto bytes = take(sizeof(T));
    if (bytes) std::memcpy(&out, bytes->data(), sizeof(T));
    return bytes.has_value();
  }
  [[nodiscard]] std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

void sort_guesses(std::vector<Guess>& guesses) {
  std::ranges::sort(guesses, [](const Guess& a, const Guess& b) {
    return a.score != b.score ? a.score > b.score : a.label < b.label;
  });
}

// Precision and recall of a class, for a threshold.
double f1(std::size_t right, std::size_t got, std::size_t wanted) {
  return got + wanted == 0 ? 0 : 2.0 * static_cast<double>(right) / static_cast<double>(got + wanted);
}

struct Scored {
  float score = 0;
  bool is_meant = false;
};

// The threshold with the best F1 among these scores.
float best_threshold(std::vector<Scored> scored) {
  std::ranges::sort(scored, std::greater<>(), &Scored::score);
  const auto wanted = static_cast<std::size_t>(std::ranges::count(scored, true, &Scored::is_meant));
  float best = kMeant;
  double best_f1 = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    right += scored[i].is_meant ? 1 : 0;
    const double now = f1(right, i + 1, wanted);
    if (now <= best_f1) continue;
    best_f1 = now;
    best = i + 1 < scored.size() ? (scored[i].score + scored[i + 1].score) / 2 : scored[i].score;
  }
  return best;
}

// Where each class by itself begins to be meant: found on sentences that a model of the others has scored. What few
// sentences show of one class is held against what all classes show.
std::vector<float> find_thresholds(std::span<const LinearExample> examples, std::size_t classes, std::size_t features) {
  constexpr std::size_t kParts = 4;
  constexpr double kPrior = 20;
  std::vector<std::vector<Scored>> by_class(classes);
  std::vector<Scored> all;
  for (std::size_t part = 0; part < kParts; ++part) {
    std::vector<LinearExample> others;
    for (std::size_t i = 0; i < examples.size(); ++i) {
      if (i % kParts != part) others.push_back(examples[i]);
    }
    const auto weights = train_linear(others, classes, features);
    std::vector<float> scores(weights.width());
    for (std::size_t i = part; i < examples.size(); i += kParts) {
      weights.score(examples[i].features, scores);
      for (std::size_t c = 0; c < classes; ++c) {
        const bool is_meant = std::ranges::find(examples[i].labels, c) != examples[i].labels.end();
        by_class[c].push_back({scores[c], is_meant});
        all.push_back(by_class[c].back());
      }
    }
  }
  const float common = best_threshold(std::move(all));
  std::vector<float> out;
  for (auto& scored : by_class) {
    const auto count = static_cast<double>(std::ranges::count(scored, true, &Scored::is_meant));
    const double own = best_threshold(std::move(scored));
    out.push_back(static_cast<float>((own * count + common * kPrior) / (count + kPrior)));
  }
  return out;
}

}  // namespace

LinearModel LinearModel::train(std::span<const LabelledSentence> sentences) {
  LinearModel model;
  for (const auto& sentence : sentences) {
    for (const auto& label : sentence.labels) {
      if (std::ranges::find(model.labels_, label) == model.labels_.end()) model.labels_.push_back(label);
    }
  }
  std::ranges::sort(model.labels_);
  std::vector<std::vector<Feature>> features;
  features.reserve(sentences.size());
  for (const auto& sentence : sentences) features.push_back(sentence_features(sentence.text));
  model.features_ = FeatureWeights(features, sentences.size() >= kManySentences ? 2 : 1);
  std::vector<LinearExample> examples;
  examples.reserve(sentences.size());
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    LinearExample example{.features = model.features_.weigh(features[i]), .labels = {}};
    for (const auto& label : sentences[i].labels) {
      const auto found = std::ranges::lower_bound(model.labels_, label);
      example.labels.push_back(static_cast<std::uint32_t>(found - model.labels_.begin()));
    }
    examples.push_back(std::move(example));
  }
  model.weights_ = train_linear(examples, model.labels_.size(), model.features_.size());
  const bool has_one_each =
      std::ranges::all_of(examples, [](const LinearExample& each) { return each.labels.size() == 1; });
  model.meant_ = has_one_each ? std::vector<float>(model.labels_.size(), kMeant)
                              : find_thresholds(examples, model.labels_.size(), model.features_.size());
  return model;
}

std::vector<float> LinearModel::scores(std::string_view sentence) const {
  std::vector<float> out(weights_.width());
  if (labels_.empty()) return out;
  weights_.score(features_.weigh(sentence_features(sentence)), out);
  return out;
}

std::vector<Guess> LinearModel::probabilities(std::span<const float> each) const {
  float top = -1e9F;
  for (std::size_t i = 0; i < labels_.size(); ++i) top = std::max(top, each[i]);
  std::vector<Guess> guesses;
  guesses.reserve(labels_.size());
  double sum = 0;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    guesses.push_back({labels_[i], std::exp(kSharpness * (each[i] - top))});
    sum += guesses.back().score;
  }
  for (auto& guess : guesses) guess.score /= sum;
  return guesses;
}

std::vector<Guess> LinearModel::classify(std::string_view sentence) const {
  auto guesses = probabilities(scores(sentence));
  sort_guesses(guesses);
  return guesses;
}

std::vector<Guess> LinearModel::classify_each(std::string_view sentence) const {
  const auto each = scores(sentence);
  std::vector<Guess> guesses;
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    const double probability = 1 / (1 + std::exp(-kSharpness * (each[i] - meant_[i])));
    if (probability >= 0.5) guesses.push_back({labels_[i], probability});
  }
  sort_guesses(guesses);
  return guesses;
}

double LinearModel::in_scope(std::string_view sentence) const { return judge(sentence).in_scope; }

LinearModel::Judgement LinearModel::judge(std::string_view sentence) const {
  const auto features = sentence_features(sentence);
  if (labels_.empty() || features.empty()) return {};
  std::vector<float> each(weights_.width());
  weights_.score(features_.weigh(features), each);
  const float top = *std::max_element(each.begin(), each.begin() + static_cast<std::ptrdiff_t>(labels_.size()));
  Judgement out{.shares = probabilities(each),
                .in_scope = features_.known_share(features) / (1 + std::exp(-kScopeSharpness * (top - kScope)))};
  return out;
}

std::string LinearModel::to_bytes() const {
  std::string out(kVersion);
  put(out, static_cast<std::uint32_t>(labels_.size()));
  for (const auto& label : labels_) {
    put(out, static_cast<std::uint32_t>(label.size()));
    out += label;
  }
  put(out, static_cast<std::uint32_t>(features_.size()));
  for (const auto& entry : features_.entries()) {
    put(out, entry.hash);
    put(out, entry.idf);
    put(out, static_cast<std::uint32_t>(entry.group));
  }
  for (const float score : meant_) put(out, score);
  for (std::size_t row = 0; row <= weights_.features; ++row) {
    const auto* begin = reinterpret_cast<const char*>(weights_.rows.data() + (row * weights_.width()));
    out.append(begin, weights_.classes * sizeof(float));
  }
  put(out, checksum(out));
  return out;
}

std::optional<LinearModel> LinearModel::from_bytes(std::string_view bytes) {
  if (!bytes.starts_with(kVersion) || bytes.size() < kVersion.size() + 8) return std::nullopt;
  std::uint64_t sum = 0;
  std::memcpy(&sum, bytes.data() + bytes.size() - 8, 8);
  bytes.remove_suffix(8);
  if (sum != checksum(bytes)) return std::nullopt;
  Reader reader(bytes.substr(kVersion.size()));
  LinearModel model;
  std::uint32_t labels = 0;
  if (!reader.read(labels)) return std::nullopt;
  for (std::uint32_t i = 0; i < labels; ++i) {
    std::uint32_t size = 0;
    if (!reader.read(size)) return std::nullopt;
    const auto label = reader.take(size);
    if (!label) return std::nullopt;
    model.labels_.emplace_back(*label);
  }
  std::uint32_t features = 0;
  if (!reader.read(features) || features > reader.left() / 16) return std::nullopt;
  std::vector<FeatureWeights::Entry> entries(features);
  for (auto& entry : entries) {
    std::uint32_t group = 0;
    if (!reader.read(entry.hash) || !reader.read(entry.idf) || !reader.read(group) || group >= kFeatureGroups) {
      return std::nullopt;
    }
    entry.group = static_cast<FeatureGroup>(group);
  }
  if (reader.left() != (std::size_t{features} + 2) * labels * sizeof(float)) return std::nullopt;
  model.meant_.resize(labels);
  for (auto& score : model.meant_) (void)reader.read(score);
  model.features_ = FeatureWeights(std::move(entries));
  model.weights_ = LinearWeights(labels, features);
  for (std::size_t row = 0; row <= features; ++row) {
    const auto from = reader.take(labels * sizeof(float));
    std::memcpy(model.weights_.rows.data() + (row * model.weights_.width()), from->data(), from->size());
  }
  return model;
}

std::string model_key(std::span<const LabelledSentence> sentences) {
  std::string text(kVersion);
  for (const auto& sentence : sentences) {
    text += sentence.text;
    for (const auto& label : sentence.labels) {
      text += '\x1f';
      text += label;
    }
    text += '\x1e';
  }
  const auto first = checksum(text);
  text += '!';
  return fmt::format("{:016x}{:016x}", first, checksum(text));
}

}  // namespace offhook::brain
