#include "call/call_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "async/loop.hpp"
#include "store/sqlite_store.hpp"

namespace offhook::call {
namespace {

using namespace std::chrono_literals;

struct World {
  Recorded record(std::string_view body) {
    Delivery delivery{.message = vapi::decode_server_message(body).value(), .verified = "secret"};
    return loop.block_on(record_delivery(*store, std::move(delivery))).value();
  }
  store::Call call() {
    return loop
        .block_on(
            store->read([](sql::Connection& db) { return store::Calls(db, store::Owner::local()).find_any("c-1"); }))
        .value()
        .value();
  }
  std::vector<store::TranscriptEntry> transcript() {
    const std::string id = call().id;
    return loop
        .block_on(
            store->read([id](sql::Connection& db) { return store::Calls(db, store::Owner::local()).transcript(id); }))
        .value();
  }
  VirtualClock clock{UtcTime{} + 1h};
  Loop loop{clock, 1};
  std::unique_ptr<store::Store> store = store::open_sqlite_store({.inline_on_caller = true}).value();
};

const std::vector<std::string> kMessages = {
    R"({"message":{"type":"status-update","status":"in-progress","timestamp":1763650000000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"transcript","role":"user","transcriptType":"final","transcript":"Hello.","timestamp":1763650001000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"status-update","status":"ended","endedReason":"customer-ended-call","timestamp":1763650009000,"call":{"id":"c-1"}}})",
    R"({"message":{"type":"end-of-call-report","endedReason":"customer-ended-call","timestamp":1763650010000,
        "startedAt":"2025-11-20T14:46:40.000Z","endedAt":"2025-11-20T14:46:49.000Z","cost":0.01,"call":{"id":"c-1"},
        "artifact":{"messages":[{"role":"bot","message":"Hi.","time":1763650000500},{"role":"user","message":"Hello.","time":1763650001000}]}}})"};

TEST(CallLog, ARepeatedDeliveryChangesNothing) {
  World world;
  for (const auto& message : kMessages) EXPECT_TRUE(world.record(message).is_new);
  const auto before = world.transcript();
  for (const auto& message : kMessages) EXPECT_FALSE(world.record(message).is_new);
  EXPECT_EQ(world.transcript().size(), before.size());
  EXPECT_EQ(world.call().duration_seconds, 9.0);
}

TEST(CallLog, EveryOrderOfDeliveryEndsTheSame) {
  std::vector<std::size_t> order = {0, 1, 2, 3};
  do {
    World world;
    for (const auto index : order) world.record(kMessages[index]);
    const auto call = world.call();
    EXPECT_EQ(call.status, store::CallStatus::ended);
    EXPECT_EQ(call.ended_reason, "customer-ended-call");
    EXPECT_EQ(call.duration_seconds, 9.0);
    const auto transcript = world.transcript();
    ASSERT_GE(transcript.size(), 2u);
    EXPECT_EQ(std::count_if(transcript.begin(), transcript.end(), [](const auto& e) { return e.text == "Hello."; }), 1);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(CallLog, AMessageWithoutACallIsKeptAndTouchesNoCall) {
  World world;
  const auto recorded = world.record(R"({"message":{"type":"hang"}})");
  EXPECT_TRUE(recorded.is_new);
  EXPECT_EQ(recorded.call_id, "");
}

}  // namespace
}  // namespace offhook::call
