#include "brain/schema/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.hpp"

namespace offhook::brain::schema {
namespace {

// General English, from what services do and what they are about; the first word names the concept.
constexpr auto kGroups = std::to_array<std::string_view>({
    "find search look locate seek discover browse explore recommend suggest",
    "book reserve reservation booking schedule appointment arrange",
    "buy purchase order",
    "check view show tell know list display review",
    "transfer send wire remit move",
    "pay payment",
    "request ask",
    "available availability free open vacant empty opening slot",
    "event plan plans calendar agenda",
    "add create put insert schedule register set enter make",
    "cancel delete remove drop",
    "change modify update reschedule edit move",
    "balance remaining left",
    "money funds cash amount",
    "apartment flat home house property condo",
    "dentist dental tooth teeth",
    "stylist hair hairdresser salon haircut barber hairstylist",
    "doctor physician therapist",
    "restaurant eat food dinner lunch breakfast diner dine cuisine",
    "hotel stay accommodation lodging",
    "flight fly plane airline",
    "movie film cinema",
    "play watch stream listen hear start",
    "song music track album tune",
    "car vehicle rental",
    "ride taxi cab lift uber",
    "weather forecast temperature rain humidity wind",
    "bus coach",
    "train rail railway",
    "visit tour viewing",
    "appointment visit consultation session",
    "attraction sight museum sightseeing landmark",
    "concert show game match",
    "ticket tickets seat",
    "pet dog cat animal",
    "bed bedroom",
    "bath bathroom",
    "people person guest passenger traveler rider adult party seat",
    "category type kind sort genre",
    "rent lease",
    "city town area location place neighborhood",
    "destination to",
    "origin departure from",
    "price cost fare expensive cheap rate",
    "phone telephone",
    "report file submit",
    "order delivery deliver",
    "account bank",
    "alarm wake",
    "message text sms",
    "share",
    "return back",
    "block freeze lock",
});

constexpr auto kPlain = std::to_array<std::string_view>(
    {"get",        "gets",   "got",     "getting", "a",          "an",      "the",       "i",        "you",
     "we",         "it",     "he",      "she",     "they",       "me",      "my",        "your",     "our",
     "his",        "her",    "their",   "its",     "us",         "them",    "this",      "that",     "these",
     "those",      "is",     "are",     "am",      "was",        "were",    "be",        "been",     "being",
     "do",         "does",   "did",     "have",    "has",        "had",     "will",      "would",    "can",
     "could",      "should", "may",     "might",   "must",       "to",      "of",        "for",      "in",
     "on",         "at",     "with",    "by",      "from",       "as",      "or",        "and",      "but",
     "if",         "so",     "than",    "then",    "there",      "here",    "what",      "which",    "who",
     "whom",       "when",   "where",   "why",     "how",        "not",     "no",        "yes",      "please",
     "thanks",     "thank",  "okay",    "sure",    "want",       "like",    "need",      "wish",     "just",
     "also",       "some",   "any",     "one",     "ones",       "more",    "other",     "another",  "else",
     "go",         "going",  "let",     "user",    "given",      "good",    "great",     "nice",     "perfect",
     "well",       "help",   "now",     "about",   "really",     "very",    "something", "anything", "thing",
     "able",       "per",    "under",   "between", "based",      "use",     "used",      "using",    "whether",
     "indicating", "flag",   "boolean", "service", "particular", "certain", "name",      "number",   "up",
     "out",        "into",   "over",    "off",     "all",        "each",    "every",     "s",        "yeah",
     "hi",         "hello",  "hey",     "oh",      "uh",         "um"});

const std::map<std::string, std::vector<std::string>, std::less<>>& groups() {
  static const auto table = [] {
    std::map<std::string, std::vector<std::string>, std::less<>> out;
    for (const auto group : kGroups) {
      const auto words = split(group, ' ');
      const std::string concept_name(words.front());
      for (const auto word : words) {
        auto& known = out[stem(word)];
        if (std::ranges::find(known, concept_name) == known.end()) known.push_back(concept_name);
      }
    }
    return out;
  }();
  return table;
}

}  // namespace

std::vector<std::string> split_identifier(std::string_view name) {
  std::vector<std::string> words;
  std::string word;
  const auto close = [&] {
    if (!word.empty()) words.push_back(std::exchange(word, {}));
  };
  for (std::size_t at = 0; at < name.size(); ++at) {
    const char c = name[at];
    const bool is_upper = c >= 'A' && c <= 'Z';
    const bool is_word =
        is_upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 127;
    const bool is_after_lower = at > 0 && name[at - 1] >= 'a' && name[at - 1] <= 'z';
    if (!is_word || (is_upper && is_after_lower)) close();
    if (is_word) word += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  close();
  return words;
}

bool is_plain_word(std::string_view word) { return is_one_of(kPlain, word); }

std::vector<std::string> concepts_of(std::string_view word) {
  const std::string root = stem(word);
  const auto found = groups().find(root);
  if (found != groups().end()) return found->second;
  if (is_plain_word(word) || word.empty() || (word.front() >= '0' && word.front() <= '9')) return {};
  return {root};
}

std::set<std::string> concepts_in(const Tokens& tokens) {
  std::set<std::string> out;
  std::string_view before;
  for (const auto& token : tokens) {
    const auto previous = std::exchange(before, std::string_view(token.text));
    if (token.is_mark || token.is_number || is_plain_word(token.text)) continue;
    // "What do I have scheduled?" and "my schedule" are about what there is; nothing is to be scheduled.
    const bool is_noun = token.text == "schedule" && (previous == "my" || previous == "your" || previous == "our");
    if (is_noun || token.text == "scheduled" || token.text == "planned") {
      out.emplace("event");
      continue;
    }
    for (auto& each : concepts_of(token.text)) out.insert(std::move(each));
  }
  return out;
}

std::set<std::string> concepts_in(std::string_view text) { return concepts_in(tokenize(straighten(text))); }

bool is_effect_verb(std::string_view word) {
  constexpr auto kEffects = std::to_array<std::string_view>(
      {"activate", "add",    "approve",     "block",   "book",       "buy",     "call",      "cancel",    "change",
       "charge",   "close",  "confirm",     "create",  "deactivate", "delete",  "enroll",    "extend",    "grant",
       "issue",    "make",   "modify",      "order",   "pay",        "post",    "purchase",  "refund",    "register",
       "remove",   "renew",  "replace",     "request", "reschedule", "reserve", "reset",     "schedule",  "sell",
       "send",     "set",    "share",       "start",   "stop",       "submit",  "subscribe", "terminate", "transfer",
       "unblock",  "unlock", "unsubscribe", "update",  "upgrade",    "withdraw"});
  return is_one_of(kEffects, word);
}

bool names_look_up(std::span<const std::string> words) {
  constexpr auto kLooks = std::to_array<std::string_view>(
      {"browse", "calculate", "check", "compare", "count", "describe", "estimate", "fetch",  "find", "get", "has", "is",
       "list",   "locate",    "look",  "lookup",  "query", "read",     "retrieve", "search", "show", "view"});
  if (words.empty() || !is_one_of(kLooks, words.front())) return false;
  const auto rest = words.subspan(1);
  // "check_in_guest", "list_property" (for sale; a list has several).
  if (words.front() == "check" && !rest.empty() && (rest.front() == "in" || rest.front() == "out")) return false;
  const bool has_plural = std::ranges::any_of(rest, [](const std::string& word) { return word.ends_with('s'); });
  if (words.front() == "list" && !rest.empty() && !has_plural) return false;
  // "get_order_status", "check_refund_policy".
  constexpr auto kNotions = std::to_array<std::string_view>(
      {"amount", "date", "details", "history", "info", "information", "number", "options", "policy", "rate", "status"});
  if (rest.size() == 2 && is_one_of(kNotions, rest.back())) return true;
  // An order is a thing as well.
  return std::ranges::none_of(rest, [](const std::string& word) { return word != "order" && is_effect_verb(word); });
}

}  // namespace offhook::brain::schema
