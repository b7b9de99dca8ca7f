#include "tools/registry.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <stdexcept>

#include "tools/arguments.hpp"
#include "tools/results.hpp"
#include "tools/schema_validator.hpp"

namespace offhook::tools {
namespace {

/// What OpenAI-compatible models take as a function's name.
constexpr std::size_t kMaxNameBytes = 64;

/// What a tool is called whose own name is taken.
std::string name_with_source(std::string_view source, std::string_view name) {
  return std::string(source.substr(source.rfind('/') + 1)).append("_").append(name);
}

}  // namespace

bool is_tool_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// A tool and its compiled schema. What registry.find() hands out is always one of these.
struct ToolRegistry::Entry : Tool {
  explicit Entry(Tool tool) : Tool(std::move(tool)), validator(parameters) {}
  SchemaValidator validator;
  const Entry* renamed_from = nullptr;  ///< compared only
};

struct ToolRegistry::State {
  using Entries = std::vector<std::shared_ptr<const Entry>>;
  /// What a source offers, under its own names, and what has come of it.
  struct Source {
    std::string name;
    Entries offered;
    Entries entries;
    std::vector<std::string> left_out;
    bool has_spoken = false;  ///< it has published, if nothing
  };
  mutable std::mutex mutex;
  Entries fixed;
  std::vector<Source> published;  // in the order in which they were announced
  struct Expected {
    std::string agent;
    std::vector<std::string> names;  // any when empty
  };
  std::map<std::string, Expected> expected;  // by source

  /// Calls `visit` with every entry until it returns true.
  template <class Visit>
  void any(Visit visit) const {
    for (const auto& entry : fixed) {
      if (visit(entry)) return;
    }
    for (const auto& source : published) {
      for (const auto& entry : source.entries) {
        if (visit(entry)) return;
      }
    }
  }
  [[nodiscard]] std::shared_ptr<const Entry> find(std::string_view name, std::string_view agent) const {
    std::shared_ptr<const Entry> found;
    any([&](const auto& entry) {
      if (entry->name != name || !(entry->agent.empty() || entry->agent == agent)) return false;
      found = entry;
      return true;
    });
    return found;
  }

  Source& place_of(const std::string& name) {
    const auto known = std::ranges::find(published, name, &Source::name);
    return known != published.end() ? *known : published.emplace_back(Source{.name = name});
  }

  /// Gives every tool its name anew: who connects when must not decide who is called what.
  void name_all() {
    Entries before;
    for (auto& source : published) {
      before.insert(before.end(), source.entries.begin(), source.entries.end());
      source.entries.clear();
    }
    for (auto& source : published) {
      source.left_out.clear();
      for (const auto& entry : source.offered) name_one(source, entry, before);
    }
  }

 private:
  void name_one(Source& source, const std::shared_ptr<const Entry>& entry, const Entries& before) const;
};

void ToolRegistry::State::name_one(Source& source, const std::shared_ptr<const Entry>& entry,
                                   const Entries& before) const {
  const auto is_taken = [&](const std::string& name) { return find(name, entry->agent) != nullptr; };
  std::string name = entry->name;
  if (is_taken(name)) name = name_with_source(source.name, name);
  if (is_taken(name) || name.size() > kMaxNameBytes) {
    source.left_out.push_back("the name " + name + " is taken or too long");
  } else if (name == entry->name) {
    source.entries.push_back(entry);
  } else {
    // One that was called so before need not be compiled again.
    const auto known = std::ranges::find_if(
        before, [&](const auto& old) { return old->renamed_from == entry.get() && old->name == name; });
    if (known != before.end()) {
      source.entries.push_back(*known);
      return;
    }
    Tool renamed = *entry;
    renamed.name = name;
    auto compiled = std::make_shared<Entry>(std::move(renamed));
    compiled->renamed_from = entry.get();
    source.entries.push_back(std::move(compiled));
  }
}

ToolRegistry::ToolRegistry(std::vector<Tool> tools)
    : state_(std::make_unique<State>()), remote_calls_(std::make_unique<RemoteCalls>()) {
  for (auto& tool : tools) {
    if (state_->find(tool.name, tool.agent)) throw std::invalid_argument("two tools are named " + tool.name);
    state_->fixed.push_back(std::make_shared<const Entry>(std::move(tool)));
  }
}

ToolRegistry::ToolRegistry(const ToolRegistry& other)
    : state_(std::make_unique<State>()), remote_calls_(std::make_unique<RemoteCalls>()) {
  const std::scoped_lock lock(other.state_->mutex);
  state_->fixed = other.state_->fixed;
  state_->published = other.state_->published;
  state_->expected = other.state_->expected;
}

ToolRegistry::~ToolRegistry() = default;

std::shared_ptr<const Tool> ToolRegistry::find(std::string_view name, std::string_view agent) const {
  const std::scoped_lock lock(state_->mutex);
  return state_->find(name, agent);
}

std::vector<std::shared_ptr<const Tool>> ToolRegistry::tools() const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<std::shared_ptr<const Tool>> all;
  state_->any([&](const auto& entry) {
    all.push_back(entry);
    return false;
  });
  return all;
}

std::vector<std::string> ToolRegistry::own_tools(std::string_view agent) const {
  const std::scoped_lock lock(state_->mutex);
  std::vector<std::string> names;
  state_->any([&](const auto& entry) {
    if (!entry->agent.empty() && entry->agent == agent) names.push_back(entry->name);
    return false;
  });
  return names;
}

void ToolRegistry::announce(const std::string& source) {
  const std::scoped_lock lock(state_->mutex);
  static_cast<void>(state_->place_of(source));
}

std::vector<std::string> ToolRegistry::publish(const std::string& source, std::vector<Tool> tools) {
  std::vector<std::string> left_out;
  State::Entries compiled;
  for (auto& tool : tools) {
    try {
      compiled.push_back(std::make_shared<const Entry>(std::move(tool)));
    } catch (const std::exception& error) {
      left_out.emplace_back(error.what());
    }
  }
  const std::scoped_lock lock(state_->mutex);
  state_->expected.erase(source);
  State::Source& place = state_->place_of(source);
  place.has_spoken = true;
  place.offered = std::move(compiled);
  state_->name_all();
  left_out.insert(left_out.end(), place.left_out.begin(), place.left_out.end());
  return left_out;
}

void ToolRegistry::expect(const std::string& source, std::string agent, std::vector<std::string> names) {
  const std::scoped_lock lock(state_->mutex);
  if (state_->place_of(source).has_spoken) return;
  state_->expected[source] = {.agent = std::move(agent), .names = std::move(names)};
}

bool ToolRegistry::is_expected(std::string_view name, std::string_view agent) const {
  const std::scoped_lock lock(state_->mutex);
  return std::ranges::any_of(state_->expected, [&](const auto& waiting) {
    const auto& [source, expected] = waiting;
    if (expected.agent != agent) return false;
    return expected.names.empty() || std::ranges::any_of(expected.names, [&](const std::string& own) {
             return own == name || name_with_source(source, own) == name;
           });
  });
}

std::expected<json::object, ToolResult> ToolRegistry::check(const Tool& tool, const json::object& arguments) const {
  auto coerced = coerce_arguments(tool.parameters, arguments);
  // Every tool that find() and tools() hand out is an Entry.
  const auto& validator = static_cast<const Entry&>(tool).validator;
  if (const auto fault = validator.find_fault(coerced)) {
    return std::unexpected(fault->is_missing ? missing_argument(fault->field)
                                             : invalid_argument(fault->field, fault->expected));
  }
  return coerced;
}

}  // namespace offhook::tools
