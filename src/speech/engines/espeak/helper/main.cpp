// offhook-espeak: speaks text with espeak-ng for a server at the other end of file descriptor 0.
//
// SPDX-License-Identifier: GPL-3.0-or-later
//
// The library is global and not thread-safe, so this is one thread with one utterance at a time. It lives
// as long as its socket: when the server goes, however it goes, the end of the stream is read and this
// program leaves. (PR_SET_PDEATHSIG would not do: it fires when the starting *thread* ends.)

#include <espeak-ng/speak_lib.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>

#include "speech/engines/espeak/espeak_protocol.hpp"

namespace {

namespace espeak = offhook::speech::espeak;
using espeak::MessageType;

constexpr int kSocket = 0;
constexpr int kPieceMs = 40;
// Longer between two pieces of sound than this means that the library is stuck; the alarm then ends us.
constexpr unsigned kStuckSeconds = 20;
// On a busy machine the kernel likes to run both ends of a socket on one core, and the server would see the
// first sound only when our time slice ends, some milliseconds later. So the first pieces make way for it.
constexpr int kPiecesThatMakeWay = 3;

[[noreturn]] void leave(int code) {
  // No destructors: there is nothing to save, and the library's own clean-up is of no use to anybody.
  ::_exit(code);
}

class Server {
 public:
  /// Blocks until there is something to speak.
  espeak::SpeakCommand wait_for_command() {
    while (true) {
      while (const auto message = reader_.next()) {
        if (message->type != MessageType::speak) continue;  // a cancel that came too late
        auto command = espeak::decode_speak(message->payload);
        if (!command) leave(2);
        id_ = message->id;
        cancelled_ = false;
        pieces_ = 0;
        return std::move(*command);
      }
      read_some(0);
    }
  }

  /// True once the running utterance is not wanted any more. Does not wait.
  bool is_cancelled() {
    read_some(MSG_DONTWAIT);
    take_cancels();
    return cancelled_;
  }

  void send_audio(const short* samples, int count) {
    send(espeak::encode_audio(id_, {samples, static_cast<std::size_t>(count)}));
    if (++pieces_ <= kPiecesThatMakeWay) ::sched_yield();
  }
  void send_done() { send(espeak::encode(MessageType::done, id_)); }
  void send_error(const std::string& text) { send(espeak::encode(MessageType::error, id_, text)); }

 private:
  void take_cancels() {
    while (const auto message = reader_.next()) {
      if (message->type != MessageType::cancel) leave(2);  // a second command while one is running
      if (message->id == id_) cancelled_ = true;
    }
  }

  void read_some(int flags) {
    std::array<char, 32768> bytes;
    const ssize_t count = ::recv(kSocket, bytes.data(), bytes.size(), flags);
    if (count > 0) {
      reader_.feed({bytes.data(), static_cast<std::size_t>(count)});
      return;
    }
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    leave(0);  // the server has gone
  }

  /// Waits while the server does not read, but hears a cancel meanwhile.
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t count = ::send(kSocket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      if (count > 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
        continue;
      }
      if (count < 0 && errno != EAGAIN && errno != EINTR) leave(0);
      ::alarm(0);
      pollfd wait{.fd = kSocket, .events = POLLOUT | POLLIN, .revents = 0};
      ::poll(&wait, 1, -1);
      if ((wait.revents & (POLLIN | POLLHUP)) != 0) {
        read_some(MSG_DONTWAIT);
        take_cancels();
      }
    }
  }

  espeak::MessageReader reader_;
  std::uint32_t id_ = 0;
  bool cancelled_ = false;
  int pieces_ = 0;
};

Server server;

/// The library's callback: returns 1 to stop.
int on_sound(short* samples, int count, espeak_EVENT* /*events*/) {
  if (samples != nullptr && count > 0) server.send_audio(samples, count);
  ::alarm(kStuckSeconds);
  return server.is_cancelled() ? 1 : 0;
}

void speak(const espeak::SpeakCommand& command) {
  // An unknown name leaves the previous voice in place and only the result says so.
  if (espeak_SetVoiceByName(command.voice.c_str()) != EE_OK) {
    server.send_error("espeak-ng has no voice " + command.voice);
    return;
  }
  const int rate = command.words_per_minute == 0 ? espeakRATE_NORMAL : command.words_per_minute;
  espeak_SetParameter(espeakRATE, std::clamp(rate, espeakRATE_MINIMUM, espeakRATE_MAXIMUM), 0);
  // Set every time: a parameter outlives its utterance. 50 leaves a voice at its own pitch.
  espeak_SetParameter(espeakPITCH, command.pitch <= 99 ? command.pitch : 50, 0);
  ::alarm(kStuckSeconds);
  const auto result = espeak_Synth(command.text.c_str(), command.text.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                                   nullptr, nullptr);
  ::alarm(0);
  if (result == EE_OK) {
    server.send_done();
  } else {
    server.send_error("espeak_Synth failed with " + std::to_string(static_cast<int>(result)));
  }
}

}  // namespace

/// Usage: offhook-espeak [directory that holds espeak-ng-data]; descriptor 0 is the socket.
int main(int argc, char** argv) {
  const char* data_path = argc > 1 ? argv[1] : nullptr;  // null: where the library was installed to look
  // The library would quietly look elsewhere when the directory it is told has no data.
  if (data_path != nullptr && ::access((std::string(data_path) + "/espeak-ng-data").c_str(), R_OK) != 0) {
    server.send_error(std::string("there is no espeak-ng-data in ") + data_path);
    leave(1);
  }
  const int rate = espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, kPieceMs, data_path, espeakINITIALIZE_DONT_EXIT);
  if (rate != espeak::kEngineRateHz) {
    server.send_error("espeak-ng cannot start: is the package espeak-ng-data installed?");
    leave(1);
  }
  espeak_SetSynthCallback(on_sound);
  while (true) speak(server.wait_for_command());
}
