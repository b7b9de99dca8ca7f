#include "brain/span_tagger.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

#include "base/text.hpp"

namespace offhook::brain {
namespace {

constexpr int kPasses = 12;

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::uint64_t hashed(std::string_view kind, std::string_view value) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : kind) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash = (hash ^ 0x1fU) * 0x100000001b3ULL;
  for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return hash;
}

std::string shape_of(const Token& token, std::string_view text) {
  std::string shape;
  for (const char c : text.substr(token.begin, token.end - token.begin)) {
    char kind = c;
    if (c >= 'a' && c <= 'z') kind = 'a';
    if (c >= 'A' && c <= 'Z') kind = 'A';
    if (c >= '0' && c <= '9') kind = '0';
    if (shape.size() < 2 || shape.back() != kind || shape[shape.size() - 2] != kind) shape += kind;
  }
  return shape;
}

// "date+": begins here; "date": goes on.
std::string kinds_at(const std::vector<Mention>& mentions, std::size_t at) {
  std::string kinds;
  for (const auto& mention : mentions) {
    if (mention.first > at || mention.last <= at) continue;
    kinds += std::to_string(static_cast<int>(mention.kind));
    if (mention.first == at) kinds += '+';
    if (mention.is_weak) kinds += '?';
    kinds += ' ';
  }
  return kinds;
}

// xorshift64 (Marsaglia, "Xorshift RNGs", 2003): the same order on every machine.
struct Dice {
  std::uint64_t state = 88172645463325252ULL;
  std::uint64_t next() {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    return state >> 16U;
  }
};

}  // namespace

SpanTagger::Reading SpanTagger::read(std::string_view text, const ReadingContext& context) const {
  Reading out{.tokens = tokenize(text), .features = {}};
  const auto mentions = find_mentions(text, out.tokens, context);
  const auto word = [&](std::size_t at, int step) -> std::string_view {
    const auto place = static_cast<std::ptrdiff_t>(at) + step;
    if (place < 0) return "<s>";
    if (place >= static_cast<std::ptrdiff_t>(out.tokens.size())) return "</s>";
    const auto& said = out.tokens[static_cast<std::size_t>(place)].text;
    return words_.contains(said) ? std::string_view(said) : std::string_view("<rare>");
  };
  std::vector<std::string> kinds;
  for (std::size_t at = 0; at < out.tokens.size(); ++at) kinds.push_back(kinds_at(mentions, at));
  for (std::size_t at = 0; at < out.tokens.size(); ++at) {
    const auto& token = out.tokens[at];
    const std::string shape = shape_of(token, text);
    const std::string before(word(at, -1));
    const std::string after(word(at, 1));
    const std::string own(word(at, 0));
    std::vector<std::uint64_t> features{
        hashed("bias", ""),
        hashed("word", own),
        hashed("before", before),
        hashed("after", after),
        hashed("before2", word(at, -2)),
        hashed("after2", word(at, 2)),
        hashed("pair", before + " " + own),
        hashed("next", own + " " + after),
        hashed("two before", std::string(word(at, -2)) + " " + before),
        hashed("shape", shape),
        hashed("shape after", shape + " " + before),
        hashed("stem", own == "<rare>" ? own : stem(own)),
        hashed("end", token.text.size() > 3 ? token.text.substr(token.text.size() - 3) : token.text),
        hashed("start", token.text.substr(0, 3)),
        hashed("kinds", kinds[at]),
        hashed("kinds after", kinds[at] + "|" + before),
        hashed("kinds before", (at > 0 ? kinds[at - 1] : "-") + "|" + kinds[at]),
        hashed("kinds next", kinds[at] + "|" + (at + 1 < kinds.size() ? kinds[at + 1] : "-")),
    };
    for (int step = 1; step <= 4; ++step) features.push_back(hashed("around", word(at, -step)));
    out.features.push_back(std::move(features));
  }
  return out;
}

bool SpanTagger::may_follow(std::size_t tag, std::size_t before) const {
  if (!tags_[tag].starts_with("I-")) return true;
  return before < tags_.size() && !tags_[before].empty() &&
         std::string_view(tags_[before]).substr(2) == std::string_view(tags_[tag]).substr(2);
}

std::vector<std::size_t> SpanTagger::best_tags(const Reading& reading) const {
  const std::size_t count = tags_.size();
  const std::size_t length = reading.tokens.size();
  if (length == 0 || count == 0) return {};
  std::vector<std::vector<double>> best(length, std::vector<double>(count, -1e18));
  std::vector<std::vector<std::size_t>> from(length, std::vector<std::size_t>(count, count));
  for (std::size_t at = 0; at < length; ++at) {
    std::vector<double> scores(count, 0);
    for (const auto feature : reading.features[at]) {
      const auto found = weights_.find(feature);
      if (found == weights_.end()) continue;
      for (std::size_t tag = 0; tag < count; ++tag) scores[tag] += found->second[tag];
    }
    for (std::size_t tag = 0; tag < count; ++tag) {
      if (at == 0) {
        if (may_follow(tag, count)) best[at][tag] = scores[tag] + moves_[count][tag];
        continue;
      }
      for (std::size_t before = 0; before < count; ++before) {
        if (!may_follow(tag, before)) continue;
        const double score = best[at - 1][before] + moves_[before][tag] + scores[tag];
        if (score > best[at][tag]) {
          best[at][tag] = score;
          from[at][tag] = before;
        }
      }
    }
  }
  std::vector<std::size_t> path(length);
  path[length - 1] = static_cast<std::size_t>(std::ranges::max_element(best[length - 1]) - best[length - 1].begin());
  for (std::size_t at = length - 1; at > 0; --at) path[at - 1] = std::min(from[at][path[at]], count - 1);
  return path;
}

SpanTagger SpanTagger::train(std::span<const TaggedText> texts, const ReadingContext& context) {
  SpanTagger tagger;
  tagger.tags_.emplace_back();
  std::map<std::string, std::size_t> begins;  // label -> number of "B-label"; "I-label" is the next
  for (const auto& text : texts) {
    for (const auto& span : text.spans) begins.emplace(span.label, 0);
  }
  for (auto& [label, number] : begins) {
    number = tagger.tags_.size();
    tagger.tags_.push_back("B-" + label);
    tagger.tags_.push_back("I-" + label);
  }
  const std::size_t count = tagger.tags_.size();
  tagger.moves_.assign(count + 1, Weights(count, 0));

  std::map<std::string, int> seen;
  for (const auto& text : texts) {
    for (const auto& token : tokenize(straighten(text.text))) {
      if (++seen[token.text] == 2) tagger.words_.insert(token.text);
    }
  }
  std::vector<Reading> readings;
  std::vector<std::vector<std::size_t>> wanted;
  for (const auto& text : texts) {
    readings.push_back(tagger.read(straighten(text.text), context));
    std::vector<std::size_t> tags;
    const TaggedSpan* before = nullptr;
    for (const auto& token : readings.back().tokens) {
      const auto span = std::ranges::find_if(
          text.spans, [&](const TaggedSpan& each) { return token.begin < each.end && token.end > each.begin; });
      const TaggedSpan* inside = span == text.spans.end() ? nullptr : &*span;
      tags.push_back(inside == nullptr ? 0 : begins[inside->label] + (inside == before ? 1 : 0));
      before = inside;
    }
    wanted.push_back(std::move(tags));
  }

  // The averaged weights are the last ones less (sum of step * change) / steps.
  std::unordered_map<std::uint64_t, Weights> late;
  std::vector<Weights> late_moves(count + 1, Weights(count, 0));
  double step = 1;
  const auto change = [&](std::uint64_t feature, std::size_t tag, double amount) {
    auto& now = tagger.weights_.try_emplace(feature, count, 0).first->second;
    auto& sum = late.try_emplace(feature, count, 0).first->second;
    now[tag] += amount;
    sum[tag] += amount * step;
  };
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Dice dice;
  for (int pass = 0; pass < kPasses; ++pass) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[dice.next() % i]);
    for (const auto index : order) {
      const auto got = tagger.best_tags(readings[index]);
      const auto& want = wanted[index];
      for (std::size_t at = 0; at < want.size(); ++at) {
        const std::size_t got_before = at > 0 ? got[at - 1] : count;
        const std::size_t want_before = at > 0 ? want[at - 1] : count;
        if (got[at] != want[at]) {
          for (const auto feature : readings[index].features[at]) {
            change(feature, want[at], 1);
            change(feature, got[at], -1);
          }
        }
        if (got[at] != want[at] || got_before != want_before) {
          tagger.moves_[want_before][want[at]] += 1;
          late_moves[want_before][want[at]] += step;
          tagger.moves_[got_before][got[at]] -= 1;
          late_moves[got_before][got[at]] -= step;
        }
      }
      step += 1;
    }
  }
  for (auto& [feature, weights] : tagger.weights_) {
    const auto& sum = late[feature];
    for (std::size_t tag = 0; tag < count; ++tag) weights[tag] -= sum[tag] / step;
  }
  for (std::size_t before = 0; before <= count; ++before) {
    for (std::size_t tag = 0; tag < count; ++tag) tagger.moves_[before][tag] -= late_moves[before][tag] / step;
  }
  return tagger;
}

std::vector<TaggedSpan> SpanTagger::tag(std::string_view text, const ReadingContext& context) const {
  const auto reading = read(straighten(text), context);
  const auto tags = best_tags(reading);
  std::vector<TaggedSpan> spans;
  for (std::size_t at = 0; at < tags.size(); ++at) {
    const std::string& tag = tags_[tags[at]];
    if (tag.empty()) continue;
    const auto& token = reading.tokens[at];
    if (tag.starts_with("I-") && !spans.empty()) {
      spans.back().end = std::max(spans.back().end, token.end);
    } else {
      spans.push_back({tag.substr(2), token.begin, token.end});
    }
  }
  return spans;
}

}  // namespace offhook::brain
