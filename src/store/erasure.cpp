#include "store/erasure.hpp"

#include <algorithm>

#include "json/json.hpp"

namespace offhook::store {
namespace {

using Texts = std::vector<std::string>;

void add(Texts& texts, std::string text) {
  if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
}

/// Adds the first column (and the second, when there is one) of the rows that `sql` finds for each value.
Result<void> collect(sql::Connection& db, std::string_view sql, const Texts& values, Texts& into,
                     bool has_two = false) {
  for (const auto& value : Texts(values)) {
    auto done = db.query(sql, {value}, [&](const sql::Row& row) -> Result<void> {
      add(into, row.string(0));
      if (has_two) add(into, row.string(1));
      return {};
    });
    if (!done) return fail(done);
  }
  return {};
}

/// "%text%" with LIKE's own signs taken literally.
std::string anywhere(std::string_view text) {
  std::string pattern = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern + "%";
}

Texts anywhere(const Texts& texts) {
  Texts patterns;
  for (const auto& text : texts) patterns.push_back(anywhere(text));
  return patterns;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Does the text hold this number as a whole run of digits? Within a longer one it is somebody else's.
bool holds_number(std::string_view text, std::string_view number) {
  for (auto at = text.find(number); at != std::string_view::npos; at = text.find(number, at + 1)) {
    const auto end = at + number.size();
    const bool begins = at == 0 || !is_digit(text[at - 1]) || !is_digit(number.front());
    if (begins && (end == text.size() || !is_digit(text[end]))) return true;
  }
  return false;
}

/// What rows may know a person by besides their keys: the number, and ids as JSON has them. A customer's id may be as
/// short as "123".
struct Marks {
  Texts phones;
  Texts ids;  // in quotes

  [[nodiscard]] bool are_in(std::string_view text) const {
    return std::ranges::any_of(phones, [&](const auto& phone) { return holds_number(text, phone); }) ||
           std::ranges::any_of(ids, [&](const auto& id) { return text.contains(id); });
  }
  /// Patterns of LIKE that find all such texts, and some others.
  [[nodiscard]] Texts patterns() const {
    Texts all = anywhere(phones);
    for (const auto& id : ids) add(all, anywhere(id));
    return all;
  }
};

/// The rows, named by their first two columns, whose third holds a mark.
struct Key {
  std::string first, second;
  friend bool operator==(const Key&, const Key&) = default;
};
Result<std::vector<Key>> find_marked(sql::Connection& db, std::string_view sql, const Marks& marks) {
  std::vector<Key> keys;
  for (const auto& pattern : marks.patterns()) {
    auto done = db.query(sql, {pattern}, [&](const sql::Row& row) -> Result<void> {
      Key key{row.string(0), row.string(1)};
      if (marks.are_in(row.text(2)) && std::ranges::find(keys, key) == keys.end()) keys.push_back(std::move(key));
      return {};
    });
    if (!done) return fail(done);
  }
  return keys;
}

/// Does the payload name the person, and as the caller?
enum class Mention { none, somewhere, as_caller };
Mention mention_in(std::string_view payload, const Texts& phones) {
  auto parsed = parse_json(payload);
  if (!parsed) {
    const bool names = std::ranges::any_of(phones, [&](const auto& phone) { return holds_number(payload, phone); });
    return names ? Mention::somewhere : Mention::none;
  }
  for (const auto path : {std::initializer_list<std::string_view>{"customer", "number"},
                          std::initializer_list<std::string_view>{"call", "customer", "number"},
                          std::initializer_list<std::string_view>{"call", "from", "phoneNumber"},
                          std::initializer_list<std::string_view>{"customerNumber"}}) {
    const auto number = find_string_at(*parsed, path);
    if (number && std::ranges::find(phones, *number) != phones.end()) return Mention::as_caller;
  }
  // The number that was dialled, and what the assistant is told about its own numbers, name nobody.
  if (auto* message = parsed->if_object()) {
    message->erase("phoneNumber");
    message->erase("assistant");
    if (auto* call = message->if_contains("call"); call != nullptr && call->is_object()) {
      call->get_object().erase("phoneNumber");
      call->get_object().erase("assistant");
    }
  }
  const std::string rest = json::serialize(*parsed);
  const bool names = std::ranges::any_of(phones, [&](const auto& phone) { return holds_number(rest, phone); });
  return names ? Mention::somewhere : Mention::none;
}

/// Looks through the payloads that hold the number.
Result<void> find_mentions(sql::Connection& db, Person& person) {
  for (const auto& pattern : anywhere(person.phones)) {
    auto events = db.query("SELECT id, platform_call_id, payload FROM webhook_events WHERE payload LIKE ? ESCAPE '\\'",
                           {pattern}, [&](const sql::Row& row) -> Result<void> {
                             const Mention mention = mention_in(row.text(2), person.phones);
                             if (mention != Mention::none) add(person.events, row.string(0));
                             if (mention == Mention::as_caller) add(person.platform_calls, row.string(1));
                             return {};
                           });
    if (!events) return events;
    auto objects = db.query("SELECT id, body FROM exchange_objects WHERE kind = 'call' AND body LIKE ? ESCAPE '\\'",
                            {pattern}, [&](const sql::Row& row) -> Result<void> {
                              const Mention mention = mention_in(row.text(1), person.phones);
                              if (mention != Mention::none) add(person.exchange_calls, row.string(0));
                              if (mention == Mention::as_caller) add(person.platform_calls, row.string(0));
                              return {};
                            });
    if (!objects) return objects;
  }
  return {};
}

}  // namespace

Result<Person> find_person(sql::Connection& db, Texts phones) {
  Person person{.phones = std::move(phones)};
  if (auto done = find_mentions(db, person); !done) return fail(done);
  struct Step {
    std::string_view sql;
    const Texts* values;
    Texts* into;
    bool has_two = false;
  };
  // Who has a call through a lead has it under another number perhaps: that call is about the same person.
  const Step steps[] = {
      {"SELECT id FROM leads WHERE phone = ?", &person.phones, &person.leads},
      {"SELECT id FROM customers WHERE phone = ?", &person.phones, &person.customers},
      {"SELECT id FROM calls WHERE phone_number = ?", &person.phones, &person.calls},
      {"SELECT id FROM calls WHERE lead_id = ?", &person.leads, &person.calls},
      {"SELECT platform_id FROM calls WHERE id = ?", &person.calls, &person.platform_calls},
      {"SELECT id FROM calls WHERE platform_id = ?", &person.platform_calls, &person.calls},
      {"SELECT id, confirmation FROM tours WHERE lead_id = ?", &person.leads, &person.tours, true},
      {"SELECT id FROM callbacks WHERE phone = ?", &person.phones, &person.callbacks},
      {"SELECT id FROM callbacks WHERE lead_id = ?", &person.leads, &person.callbacks},
      {"SELECT id, confirmation FROM appointments WHERE customer_id = ?", &person.customers, &person.appointments,
       true},
  };
  for (const Step& step : steps) {
    if (auto done = collect(db, step.sql, *step.values, *step.into, step.has_two); !done) return fail(done);
  }
  return person;
}

Result<std::vector<Erased>> erase_person(sql::Connection& db, const Person& person) {
  // What journal, jobs and answers hold of a person besides their keys.
  Marks marks{.phones = person.phones};
  for (const auto* ids : {&person.leads, &person.customers, &person.tours, &person.appointments, &person.callbacks}) {
    for (const auto& id : *ids) add(marks.ids, '"' + id + '"');
  }
  struct Marked {
    std::string_view what, find, erase;
  };
  const Marked by_marks[] = {
      {"webhook payloads", "SELECT id, owner_id, answer FROM webhook_events WHERE answer LIKE ? ESCAPE '\\'",
       "DELETE FROM webhook_events WHERE id = ? AND owner_id = ?"},
      {"journal entries",
       "SELECT journal_key, owner_id, arguments FROM tool_journal WHERE arguments LIKE ? ESCAPE '\\'",
       "DELETE FROM tool_journal WHERE journal_key = ? AND owner_id = ?"},
      {"journal entries", "SELECT journal_key, owner_id, result FROM tool_journal WHERE result LIKE ? ESCAPE '\\'",
       "DELETE FROM tool_journal WHERE journal_key = ? AND owner_id = ?"},
      {"jobs", "SELECT id, owner_id, payload FROM jobs WHERE payload LIKE ? ESCAPE '\\'",
       "DELETE FROM jobs WHERE id = ? AND owner_id = ?"},
  };
  struct Step {
    std::string_view what;
    std::string_view sql;
    const Texts* values;
  };
  // Children before parents. Several statements with one name are one line.
  const Step steps[] = {
      {"transcript entries", "DELETE FROM transcript_entries WHERE call_id = ?", &person.calls},
      {"tool calls", "DELETE FROM call_tool_calls WHERE call_id = ?", &person.calls},
      {"recording consents", "DELETE FROM call_recordings WHERE call_id = ?", &person.calls},
      {"webhook payloads", "DELETE FROM webhook_events WHERE platform_call_id = ?", &person.platform_calls},
      {"webhook payloads", "DELETE FROM webhook_events WHERE id = ?", &person.events},
      {"journal entries", "DELETE FROM tool_journal WHERE call_id = ?", &person.platform_calls},
      {"journal entries", "DELETE FROM tool_journal WHERE call_id = ?", &person.calls},
      {"activities", "DELETE FROM activities WHERE lead_id = ?", &person.leads},
      {"activities", "DELETE FROM activities WHERE call_id = ?", &person.platform_calls},
      {"activities", "DELETE FROM activities WHERE call_id = ?", &person.calls},
      {"tour times", "DELETE FROM tour_slots WHERE tour_id = ?", &person.tours},
      {"tours", "DELETE FROM tours WHERE lead_id = ?", &person.leads},
      {"callbacks", "DELETE FROM callbacks WHERE phone = ?", &person.phones},
      {"callbacks", "DELETE FROM callbacks WHERE lead_id = ?", &person.leads},
      {"calls", "DELETE FROM calls WHERE id = ?", &person.calls},
      {"leads", "DELETE FROM leads WHERE id = ?", &person.leads},
      {"appointment times", "DELETE FROM appointment_slots WHERE appointment_id = ?", &person.appointments},
      {"appointments", "DELETE FROM appointments WHERE customer_id = ?", &person.customers},
      {"cards", "DELETE FROM cards WHERE customer_id = ?", &person.customers},
      {"failed verifications", "DELETE FROM failed_verifications WHERE customer_id = ?", &person.customers},
      {"customers", "DELETE FROM customers WHERE id = ?", &person.customers},
      {"exchange calls", "DELETE FROM exchange_objects WHERE kind = 'call' AND id = ?", &person.platform_calls},
      {"exchange calls", "DELETE FROM exchange_objects WHERE kind = 'call' AND id = ?", &person.exchange_calls},
  };
  std::vector<Erased> lines;
  const auto line_of = [&lines](std::string_view what) -> Erased& {
    const auto known = std::ranges::find(lines, what, &Erased::what);
    return known != lines.end() ? *known : lines.emplace_back(Erased{.what = std::string(what)});
  };
  for (const Marked& step : by_marks) {
    auto keys = find_marked(db, step.find, marks);
    if (!keys) return fail(keys);
    Erased& line = line_of(step.what);
    for (const Key& key : *keys) {
      auto done = db.execute(step.erase, {key.first, key.second});
      if (!done) return fail(done);
      line.rows += *done;
    }
  }
  for (const Step& step : steps) {
    Erased& line = line_of(step.what);
    for (const auto& value : *step.values) {
      auto done = db.execute(step.sql, {value});
      if (!done) return fail(done);
      line.rows += *done;
    }
  }
  return lines;
}

}  // namespace offhook::store
