#pragma once

#include "agent/turn.hpp"
#include "auth/accounts.hpp"
#include "auth/doors.hpp"
#include "auth/request_limits.hpp"
#include "call/assistant_config.hpp"
#include "call/assistant_desk.hpp"
#include "call/call_desk.hpp"
#include "call/recording_files.hpp"
#include "config/settings.hpp"
#include "exchange/exchange.hpp"
#include "knowledge/document_desk.hpp"
#include "speech/synthesizer.hpp"
#include "vendors/vapi/signature.hpp"

namespace offhook::api {

/// Everything a handler may use. Built once by app; all of it is safe for every loop.
struct Services {
  const config::Settings& settings;
  const agent::AgentServices& turns;  ///< store, tools, model, log, metrics
  const agent::AgentBook& agents;
  speech::Synthesizer& voice;
  const auth::Doors& doors;
  auth::RequestLimits& limits;  ///< for what only a body tells: the caller
  auth::AccountDesk& accounts;
  const vapi::SignatureVerifier& signatures;           ///< of Vapi's messages, by VAPI_WEBHOOK_SECRET
  const vapi::SignatureVerifier& exchange_signatures;  ///< of the local exchange's
  const call::Doorways& doorways;
  exchange::Exchange& exchange;
  call::AssistantDesk& assistants;  ///< assistants, here and on the telephone platform
  call::CallDesk& calls;            ///< calls that are placed and ended
  const call::RecordingFiles& recordings;
  knowledge::DocumentDesk& documents;
  const Clock& clock;
};

}  // namespace offhook::api
