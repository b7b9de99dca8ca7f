#include "exchange/phone_call.hpp"

#include <cmath>

#include <fmt/format.h>

#include "async/cancel.hpp"
#include "audio/timeline.hpp"
#include "exchange/custom_llm.hpp"
#include "exchange/custom_voice.hpp"
#include "vendors/vapi/messages.hpp"

namespace offhook::exchange {
namespace {

constexpr int kRateHz = 16'000;
constexpr int kMaxToolRounds = 4;
constexpr Duration kAnswerLimit = std::chrono::seconds(20);                   // Vapi's default timeoutSeconds
constexpr Duration kAssistantRequestLimit = std::chrono::milliseconds(7500);  // Vapi's, fixed
constexpr Duration kThinkingPause = std::chrono::milliseconds(400);           // between one voice and the other

/// About how long a text takes to say, at 150 words a minute.
Duration speaking_time(std::string_view text) {
  const auto words = 1 + std::count(text.begin(), text.end(), ' ');
  return std::chrono::milliseconds(words * 400);
}

Duration duration_of(std::size_t samples) { return std::chrono::milliseconds(samples * 1000 / kRateHz); }

/// One call in progress.
class PhoneCall {
 public:
  PhoneCall(const Lines& lines, CallPlan plan, Caller& caller, CallCompany company, Loop& loop)
      : lines_(lines),
        plan_(std::move(plan)),
        caller_(caller),
        observer_(company.observer),
        on_facts_(std::move(company.on_facts)),
        hang_up_(company.hang_up),
        loop_(loop),
        facts_(plan_.facts),
        assistant_(plan_.assistant),
        timeline_(kRateHz) {}

  Task<CallRecord> run() {
    CancelSource nobody;
    CancelSource& hang_up_source = hang_up_ != nullptr ? *hang_up_ : nobody;
    auto talked = co_await cancellable(hang_up_source, talk());
    if (!talked && talked.error().kind == ErrorKind::cancelled) {
      if (hang_up_ == nullptr || !hang_up_->is_cancelled()) co_return fail(talked);
      facts_.ended_reason = "manually-canceled";
    } else if (!talked) {
      note_fault(talked.error());
    }
    if (auto ended = co_await hang_up(); !ended) co_return fail(ended);
    record_.facts = facts_;
    record_.sound = duration_of(timeline_.length());
    co_return std::move(record_);
  }

 private:
  /// The whole conversation. An error's `code` is the ended reason.
  Task<void> talk() {
    if (auto told = co_await enter("ringing"); !told) co_return told;
    if (assistant_.empty()) {
      if (auto asked = co_await ask_for_assistant(); !asked) co_return asked;
    }
    facts_.assistant = assistant_;
    answered_at_ = loop_.clock().now();
    facts_.started_at = call_now();
    if (auto told = co_await enter("in-progress"); !told) co_return told;
    if (auto greeted = co_await greet(); !greeted) co_return greeted;
    const Instant too_long = answered_at_ + plan_.longest;
    while (facts_.ended_reason.empty()) {
      auto line = caller_.next_line(last_heard_);
      if (!line) {
        facts_.ended_reason = "customer-ended-call";
        break;
      }
      if (auto said = co_await caller_says(std::move(*line)); !said) co_return said;
      if (auto answered = co_await assistant_answers(); !answered) co_return answered;
      if (loop_.clock().now() + skipped_ > too_long) facts_.ended_reason = "exceeded-max-duration";
    }
    co_return Result<void>{};
  }

  Task<void> ask_for_assistant() {
    const std::string url = lines_.base_url + "/api/v1/voice/webhook";
    auto answer = co_await send_message(url, vapi::assistant_request(facts_, call_now()), kAssistantRequestLimit);
    if (!answer) co_return fail(std::move(answer.error()).with_code("assistant-request-failed"));
    auto parsed = parse_json_object(*answer);
    if (!parsed) co_return fail(std::move(parsed.error()).with_code("assistant-request-returned-invalid-assistant"));
    if (const auto* refused = parsed->if_contains("error"); refused != nullptr && !refused->is_null()) {
      co_return fail(Error{.kind = ErrorKind::bad_gateway,
                           .log = "assistant-request was refused: " + json::serialize(*refused),
                           .code = "assistant-request-returned-error"});
    }
    const auto* inline_assistant = parsed->if_contains("assistant");
    if (inline_assistant == nullptr || !inline_assistant->is_object()) {
      co_return fail(Error{.kind = ErrorKind::bad_gateway,
                           .log = "the answer to assistant-request names no assistant",
                           .code = "assistant-request-returned-no-assistant"});
    }
    assistant_ = inline_assistant->get_object();
    co_return Result<void>{};
  }

  Task<void> greet() {
    const json::value assistant(assistant_);
    const auto mode = find_string(assistant, "firstMessageMode").value_or("assistant-speaks-first");
    const auto first = find_string(assistant, "firstMessage");
    if (!first || first->empty() || mode == "assistant-waits-for-user") co_return Result<void>{};
    HeardTurn turn{.text = std::string(*first), .at = since_answer()};
    co_return co_await assistant_says(std::move(turn));
  }

  Task<void> caller_says(std::string text) {
    HeardTurn turn{.is_caller = true, .text = text, .at = since_answer()};
    Duration length = speaking_time(text);
    if (plan_.with_sound) {
      // The caller's voice is a help to the ear: without it the recording has gaps, and nothing else fails.
      auto spoken = co_await ask_custom_voice(client_for(voice_url()), voice_url(), voice_secret(), facts_, text,
                                              kRateHz, plan_.caller_voice, answer_by());
      if (spoken) {
        length = duration_of(spoken->samples.size());
        place(audio::Channel::caller, spoken->samples);
      } else {
        note_fault(spoken.error());
      }
    }
    conversation_.push_back(
        {.role = "user", .text = text, .at = call_now(), .seconds_from_start = seconds_since_answer()});
    if (auto passed = co_await pass(length); !passed) co_return passed;
    observer_.on_turn(turn);
    record_.turns.push_back(std::move(turn));
    co_return co_await tell(vapi::transcript(facts_, call_now(), "user", text, true));
  }

  /// Asks the custom LLM until it has only words left to say, running platform tools in between.
  Task<void> assistant_answers() {
    HeardTurn turn{.at = since_answer()};
    answer_began_ = loop_.clock().now();
    bool hang_up_after = false;
    for (int round = 0; round < kMaxToolRounds; ++round) {
      const Instant asked = loop_.clock().now();
      auto reply = co_await ask_llm();
      if (!reply) co_return fail(reply);
      if (reply->first_token && !turn.first_token) turn.first_token = asked - answer_began_ + *reply->first_token;
      if (!turn.text.empty() && !reply->text.empty()) turn.text.push_back(' ');
      turn.text.append(reply->text);
      if (reply->reason != llm::FinishReason::tool_calls) break;
      std::vector<vapi::ToolCallRequest> for_webhook;
      for (const auto& call : reply->tool_calls) {
        if (call.name == "endCall") {
          hang_up_after = true;
        } else {
          for_webhook.push_back({.id = call.id, .name = call.name, .arguments = call.arguments});
        }
      }
      if (for_webhook.empty()) break;
      if (!reply->text.empty()) add_assistant_text(reply->text);
      if (auto ran = co_await run_platform_tools(std::move(for_webhook), turn); !ran) co_return ran;
      if (hang_up_after) break;
    }
    if (!turn.text.empty()) {
      if (auto said = co_await assistant_says(std::move(turn)); !said) co_return said;
    } else if (!turn.platform_tools.empty()) {
      observer_.on_turn(turn);
      record_.turns.push_back(std::move(turn));
    }
    if (hang_up_after) facts_.ended_reason = "assistant-ended-call";
    co_return Result<void>{};
  }

  Task<LlmReply> ask_llm() {
    const json::object assistant = with_local_model();
    const json::value value(assistant);
    const std::string url = completions_url(std::string(find_string_at(value, {"model", "url"}).value_or("")));
    // Our key is for our custom LLM only: at our other doors it would act for whoever wrote the URL.
    const bool is_own = is_custom_llm_of_ours(url);
    co_return co_await ask_custom_llm(client_for(url), assistant, facts_, vapi::openai_messages(conversation_),
                                      is_own ? lines_.api_key : Secret{}, answer_by());
  }

  Task<void> run_platform_tools(std::vector<vapi::ToolCallRequest> calls, HeardTurn& turn) {
    vapi::ConversationEntry asked{
        .role = "assistant", .at = call_now(), .seconds_from_start = seconds_since_answer(), .tool_calls = calls};
    conversation_.push_back(std::move(asked));
    const json::value model = assistant_.contains("model") ? assistant_.at("model") : json::value(json::object{});
    const auto* tools = find_array(model, "tools");
    auto answer = co_await send_message(
        webhook_url(), vapi::tool_calls(facts_, call_now(), calls, tools != nullptr ? *tools : json::array{}),
        kAnswerLimit);
    json::object results;
    if (answer) {
      if (auto parsed = parse_json_object(*answer)) results = std::move(*parsed);
    } else {
      note_fault(answer.error());
    }
    for (const auto& call : calls) {
      std::string text = result_for(results, call.id);
      conversation_.push_back({.role = "tool",
                               .text = text,
                               .at = call_now(),
                               .seconds_from_start = seconds_since_answer(),
                               .tool_call_id = call.id,
                               .tool_name = call.name});
      turn.platform_tools.push_back({.name = call.name, .arguments = call.arguments, .result = std::move(text)});
    }
    co_return Result<void>{};
  }

  /// The webhook's answer for one call; what is missing the model reads as Vapi words it.
  static std::string result_for(const json::value& results, const std::string& id) {
    if (const auto* list = find_array(results, "results")) {
      for (const auto& entry : *list) {
        if (find_string(entry, "toolCallId") != id) continue;
        if (const auto result = find_string(entry, "result")) return std::string(*result);
        if (const auto error = find_string(entry, "error")) return std::string(*error);
      }
    }
    return "No result returned.";
  }

  Task<void> assistant_says(HeardTurn turn) {
    Duration length = speaking_time(turn.text);
    if (plan_.with_sound) {
      const Instant asked = loop_.clock().now();
      auto spoken = co_await ask_custom_voice(client_for(voice_url()), voice_url(), voice_secret(), facts_, turn.text,
                                              kRateHz, {}, answer_by());
      if (!spoken) co_return fail(spoken);
      if (turn.first_token) turn.first_audio = asked - answer_began_ + spoken->first_audio;
      length = duration_of(spoken->samples.size());
      place(audio::Channel::assistant, spoken->samples);
    }
    add_assistant_text(turn.text);
    const std::string text = turn.text;
    last_heard_ = text;
    observer_.on_turn(turn);
    record_.turns.push_back(std::move(turn));
    if (auto passed = co_await pass(length); !passed) co_return passed;
    co_return co_await tell(vapi::transcript(facts_, call_now(), "assistant", text, true));
  }

  void add_assistant_text(std::string text) {
    conversation_.push_back(
        {.role = "assistant", .text = std::move(text), .at = call_now(), .seconds_from_start = seconds_since_answer()});
  }

  Task<void> hang_up() {
    if (facts_.ended_reason.empty()) facts_.ended_reason = "call.in-progress.error-vapifault-worker-died";
    facts_.ended_at = call_now();
    if (!facts_.started_at) facts_.started_at = facts_.ended_at;
    if (auto told = co_await enter("ended"); !told) co_return told;
    if (plan_.with_sound && !plan_.recording.empty()) {
      if (auto written = timeline_.write_wav(plan_.recording); !written) note_fault(written.error());
    }
    vapi::CallReport report{.conversation = conversation_};
    report.summary = fmt::format("{} turns; ended because {}.", record_.turns.size(), facts_.ended_reason);
    if (plan_.with_sound) report.stereo_recording_url = report.recording_url = plan_.recording_url;
    const json::object message = vapi::end_of_call_report(facts_, call_now(), report);
    record_.final_report = message.at("message").as_object();
    co_return co_await tell(message);
  }

  /// Moves the call to a status and tells whoever listens.
  Task<void> enter(std::string status) {
    facts_.status = std::move(status);
    facts_.updated_at = call_now();
    if (on_facts_) {
      if (auto stored = co_await on_facts_(facts_); !stored) note_fault(stored.error());
    }
    // Before there is an assistant nobody has said where messages go.
    if (assistant_.empty()) co_return Result<void>{};
    co_return co_await tell(vapi::status_update(facts_, call_now()));
  }

  /// Sends an informational message. A webhook that fails is noted; the call goes on.
  Task<void> tell(json::object message) {
    auto answer = co_await send_message(webhook_url(), std::move(message), kAnswerLimit);
    if (!answer) {
      if (answer.error().kind == ErrorKind::cancelled) co_return fail(answer);
      note_fault(answer.error());
    }
    co_return Result<void>{};
  }

  Task<std::string> send_message(std::string url, json::object message, Duration limit) {
    net::ClientRequest request{.method = "POST", .url = url, .body = json::serialize(message)};
    request.headers = {{"Content-Type", "application/json"}};
    for (auto& header : signature_for(url, request.body)) request.headers.push_back(std::move(header));
    request.deadline = Deadline::after(loop_.clock(), limit);
    auto response = co_await client_for(url).send(std::move(request));
    if (!response) co_return fail(response);
    if (response->head.status < 200 || response->head.status > 299) {
      co_return fail(ErrorKind::bad_gateway, {}, fmt::format("the webhook answered {}", response->head.status));
    }
    ++record_.messages_sent;
    co_return std::move(response->body);
  }

  /// How a message proves itself. Our own server knows our secret. Others get the one their assistant names,
  /// or, when none is named, a signature that does not show ours.
  vapi::Headers signature_for(const std::string& url, std::string_view body) const {
    const auto path_at = url.find('/', url.find("://") + 3);
    const std::string_view path =
        path_at == std::string::npos ? std::string_view("/") : std::string_view(url).substr(path_at);
    vapi::SignatureSettings signatures = lines_.signatures;
    const json::value assistant(assistant_);
    const auto named = find_string_at(assistant, {"server", "secret"});
    if (!is_ours(url) && named) signatures = {.secret = Secret(std::string(*named))};
    auto headers = vapi::sign(signatures, body, loop_.clock().utc_now(), "POST", path);
    if (!is_ours(url) && !named) {
      if (!lines_.signs_for_others) return {};
      std::erase_if(headers, [](const auto& header) { return header.first == "X-Vapi-Secret"; });
    }
    return headers;
  }
  /// Does the URL begin with this address? "http://us.test.evil.test" and "http://us.test:80@evil.test" do not begin
  /// with "http://us.test".
  static bool is_at(std::string_view url, std::string_view address) {
    if (address.empty() || !url.starts_with(address)) return false;
    return url.size() == address.size() || url[address.size()] == '/' || url[address.size()] == '?';
  }
  bool is_ours(std::string_view url) const { return is_at(url, lines_.base_url); }
  bool is_custom_llm_of_ours(std::string_view url) const {
    if (!is_ours(url)) return false;
    const auto path = url.substr(lines_.base_url.size());
    return path == "/api/chat/completions/" || path == "/v1/chat/completions/" || path == "/chat/completions/";
  }
  /// Whoever has an account may write URLs; what this machine can reach is the operator's alone.
  net::HttpClient& client_for(std::string_view url) const {
    const bool is_trusted = is_ours(url) || plan_.owner.is_local() || lines_.guarded == nullptr;
    return is_trusted ? lines_.client : *lines_.guarded;
  }

  void place(audio::Channel channel, const std::vector<std::int16_t>& samples) {
    const std::uint64_t pause = static_cast<std::uint64_t>(kRateHz) *
                                std::chrono::duration_cast<std::chrono::milliseconds>(kThinkingPause).count() / 1000;
    const std::uint64_t start = timeline_.length() == 0 ? 0 : timeline_.length() + pause;
    timeline_.append(channel, samples, start);
  }

  Task<void> pass(Duration length) {
    if (!plan_.is_paced) {
      skipped_ += length + kThinkingPause;
      co_return Result<void>{};
    }
    co_return co_await sleep_for(length + kThinkingPause);
  }

  void note_fault(const Error& error) {
    record_.faults.emplace_back(error.log_text());
    if (!error.code.empty() && facts_.ended_reason.empty()) facts_.ended_reason = error.code;
  }

  /// The assistant, with our own custom LLM in the place of a model we do not have here.
  json::object with_local_model() const {
    json::object assistant = assistant_;
    auto& model = assistant["model"];
    if (!model.is_object()) model = json::object{};
    if (const auto url = find_string(model, "url"); url && find_string(model, "provider") == "custom-llm") {
      model.get_object()["url"] = reachable(std::string(*url));
      return assistant;
    }
    model.get_object()["url"] = lines_.base_url + "/api";
    return assistant;
  }
  /// An URL of an assistant as it is reached from here: our own public address is this machine.
  std::string reachable(std::string_view url) const {
    if (!is_at(url, lines_.public_url)) return std::string(url);
    return lines_.base_url + std::string(url.substr(lines_.public_url.size()));
  }
  std::string webhook_url() const {
    const json::value value(assistant_);
    if (const auto url = find_string_at(value, {"server", "url"})) return reachable(*url);
    return lines_.base_url + "/api/v1/voice/webhook";
  }
  std::string voice_url() const {
    const json::value value(assistant_);
    if (const auto url = find_string_at(value, {"voice", "server", "url"})) return reachable(*url);
    return lines_.base_url + "/vapi/tts";
  }
  Secret voice_secret() const {
    const json::value value(assistant_);
    if (is_ours(voice_url())) return lines_.signatures.secret;
    return Secret(std::string(find_string_at(value, {"voice", "server", "secret"}).value_or("")));
  }
  Deadline answer_by() const { return Deadline::after(loop_.clock(), kAnswerLimit); }
  /// The call's own clock: speech that nobody waited for counts as if they had.
  UtcTime call_now() const {
    return loop_.clock().utc_now() + std::chrono::duration_cast<std::chrono::microseconds>(skipped_);
  }
  Duration since_answer() const { return loop_.clock().now() - answered_at_ + skipped_; }
  double seconds_since_answer() const {
    return std::round(std::chrono::duration<double>(since_answer()).count() * 1000) / 1000;
  }

  const Lines& lines_;
  CallPlan plan_;
  Caller& caller_;
  CallObserver& observer_;
  OnFacts on_facts_;
  CancelSource* hang_up_;
  Loop& loop_;
  vapi::CallFacts facts_;
  json::object assistant_;
  audio::StereoTimeline timeline_;
  std::vector<vapi::ConversationEntry> conversation_;
  std::string last_heard_;
  Instant answered_at_{};
  Instant answer_began_{};  // when the caller had finished speaking
  Duration skipped_{};
  CallRecord record_;
};

}  // namespace

Task<CallRecord> play_call(const Lines& lines, CallPlan plan, Caller& caller, CallCompany company) {
  Loop& loop = co_await this_loop();
  PhoneCall call(lines, std::move(plan), caller, std::move(company), loop);
  co_return co_await call.run();
}

}  // namespace offhook::exchange
