#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "async/loop.hpp"
#include "call/call_log.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::call::testing {

/// A database in memory to which the messages of the call "c-1" are delivered. Tests of one thing add to it.
struct CallWorld {
  /// `agent`: whose call it is, when the message says so.
  Recorded record(std::string_view body, const agent::AgentDefinition* agent = nullptr) {
    Delivery delivery{.message = vapi::decode_server_message(body).value(), .verified = "secret", .agent = agent};
    return loop.block_on(record_delivery(*store, std::move(delivery))).value();
  }
  /// Runs `read` (Result<T>(sql::Connection&)).
  template <class Read>
  auto in_database(Read read) {
    return loop.block_on(store->read(std::move(read))).value();
  }
  store::Call call() {
    return in_database([](sql::Connection& db) { return store::Calls(db, store::Owner::local()).find_any("c-1"); })
        .value();
  }
  std::vector<store::TranscriptEntry> transcript() {
    return in_database(
        [id = call().id](sql::Connection& db) { return store::Calls(db, store::Owner::local()).transcript(id); });
  }

  VirtualClock clock{UtcTime{} + std::chrono::hours(1)};
  Loop loop{clock, 1};
  std::unique_ptr<store::Store> store = store::open_sqlite_store({.inline_on_caller = true}).value();
};

}  // namespace offhook::call::testing
