#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "async/cancel.hpp"
#include "exchange/caller.hpp"
#include "json/json.hpp"
#include "net/http_client.hpp"
#include "store/owner.hpp"
#include "vendors/vapi/call_facts.hpp"
#include "vendors/vapi/signature.hpp"

namespace offhook::exchange {

/// How the exchange reaches the servers behind a call.
struct Lines {
  net::HttpClient& client;
  std::string base_url;                ///< our own server, for whatever an assistant does not name
  std::string public_url;              ///< under which others reach it: from here it is base_url; may be empty
  vapi::SignatureSettings signatures;  ///< how server messages are signed
  bool signs_for_others = false;       ///< the secret is one that others share, not this process's own
  Secret api_key;                      ///< presented to our own custom LLM only; may be empty
  net::HttpClient* guarded = nullptr;  ///< for what accounts other than the operator's name as a URL; null: `client`
};

/// A call to be played.
struct CallPlan {
  store::Owner owner = store::Owner::local();  ///< whose call it is
  vapi::CallFacts facts;                       ///< id, type, numbers; status and times are kept by the call
  json::object assistant;                      ///< empty: asked for with assistant-request
  bool with_sound = false;                     ///< speak the answers (and the caller's lines) and record them
  bool is_paced = false;                       ///< let the time pass that speaking takes
  std::filesystem::path recording;             ///< stereo WAV, caller left; empty: none is written
  std::string recording_url;
  std::string caller_voice = "en-us+f3";
  Duration longest = std::chrono::minutes(10);
};

/// A call that was played.
struct CallRecord {
  vapi::CallFacts facts;
  std::vector<HeardTurn> turns;
  json::object final_report;        ///< the message field of the end-of-call-report that was sent
  int messages_sent = 0;            ///< server messages acknowledged with 2xx
  std::vector<std::string> faults;  ///< what went wrong on the way, in words for an engineer
  Duration sound{};                 ///< length of the recording
};

/// Hears of changes of the call's facts (status), to store them.
using OnFacts = std::function<Task<void>(const vapi::CallFacts& facts)>;

/// Who else has to do with a call.
struct CallCompany {
  CallObserver& observer;
  OnFacts on_facts = {};            ///< may be empty
  CancelSource* hang_up = nullptr;  ///< ends the conversation early; the report is still sent
};

/// Plays one call from ringing to its report: asks for the assistant, speaks and listens in turns, runs
/// platform tools through the webhook, tells the webhook everything. A part that fails ends the call with
/// the ended reason Vapi would give; the task itself fails only when it is cancelled.
Task<CallRecord> play_call(const Lines& lines, CallPlan plan, Caller& caller, CallCompany company);

}  // namespace offhook::exchange
