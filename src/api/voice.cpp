#include <algorithm>
#include <bit>
#include <cstring>

#include "api/handlers.hpp"
#include "async/loop.hpp"
#include "json/json.hpp"

namespace offhook::api {
namespace {

static_assert(std::endian::native == std::endian::little, "PCM leaves as little-endian without conversion");

/// The request, and where its fields stand: in Vapi's envelope or bare.
struct Wanted {
  speech::SynthesisRequest speech;
  std::string prefix;  ///< "message." in the envelope
};

/// The error with its field named as it is on this wire.
Error named(const std::string& prefix, Error error) {
  if (error.param == "sample_rate") error.param = "sampleRate";
  if (!error.param.empty()) error.param.insert(0, prefix);
  return error;
}

/// Language and voice may also stand in the URL, which an assistant's configuration can set. Names the call
/// in the request's trace.
Result<Wanted> read_request(Request& from) {
  auto parsed = parse_json_object(from.body);
  if (!parsed) return fail(parsed);
  Wanted wanted;
  const json::object* fields = &*parsed;
  if (const auto* envelope = parsed->if_contains("message")) {
    if (!envelope->is_object()) return fail(wrong_type("message", "an object", *envelope));
    fields = &envelope->get_object();
    from.trace.call_id = find_string_at(*envelope, {"call", "id"}).value_or("");
    wanted.prefix = "message.";
  }
  speech::SynthesisRequest& request = wanted.speech;
  auto text = require_string(*fields, "text");
  if (!text) return fail(named(wanted.prefix, text.error()));
  request.text = std::move(*text);
  auto rate = optional_integer(*fields, "sampleRate");
  if (!rate) return fail(named(wanted.prefix, rate.error()));
  if (rate->has_value()) {
    // What is no rate at all would not fit an int; the engine says which rates there are.
    request.sample_rate_hz = static_cast<int>(std::clamp<std::int64_t>(**rate, 0, 1'000'000));
  }
  auto language = optional_string(*fields, "language");
  if (!language) return fail(named(wanted.prefix, language.error()));
  request.language = language->value_or(from.query_value("language").value_or("en"));
  auto voice = optional_string(*fields, "voice");
  if (!voice) return fail(named(wanted.prefix, voice.error()));
  request.voice = voice->value_or(from.query_value("voice").value_or(""));
  return wanted;
}

/// Writes the frames as they come. The stream was opened, and its first frame read, before the head left,
/// so that a voice that cannot speak is a proper error and not silence.
Task<void> send_frames(std::shared_ptr<speech::SpeechStream> stream, std::vector<std::int16_t> first,
                       http::BodyWriter& body) {
  std::vector<std::int16_t> frame = std::move(first);
  while (!frame.empty()) {
    const std::string_view bytes(reinterpret_cast<const char*>(frame.data()), frame.size() * sizeof(std::int16_t));
    if (auto sent = co_await body.write(bytes); !sent) co_return sent;
    auto next = co_await stream->next();
    if (!next) co_return fail(next);
    frame = std::move(*next);
  }
  co_return Result<void>{};
}

}  // namespace

Task<Response> speak(const Services& services, Request& request) {
  Loop& loop = co_await this_loop();
  const Instant began = loop.clock().now();
  auto wanted = read_request(request);
  if (!wanted) co_return fail(wanted);
  auto opened = co_await services.voice.open(std::move(wanted->speech));
  if (!opened) co_return fail(named(wanted->prefix, std::move(opened.error())));
  std::shared_ptr<speech::SpeechStream> stream = std::move(*opened);
  auto first = co_await stream->next();
  if (!first) co_return fail(first);
  services.turns.metrics.count_speech(std::chrono::duration<double>(loop.clock().now() - began).count());
  Response response;
  response.content_type = "application/octet-stream";
  response.stream = [stream, frame = std::move(*first)](http::BodyWriter& body) {
    return send_frames(stream, frame, body);
  };
  co_return response;
}

Task<Response> list_voices(const Services& services, Request&) {
  json::array voices;
  for (const auto& voice : services.voice.voices()) {
    voices.push_back(json::object{{"name", voice.name}, {"language", voice.language}});
  }
  json::object body;
  body["data"] = std::move(voices);
  body["engine"] = services.voice.name();
  body["sample_rates"] = json::array{8000, 16000, 22050, 24000};
  co_return http::json_response(json::serialize(body));
}

}  // namespace offhook::api
