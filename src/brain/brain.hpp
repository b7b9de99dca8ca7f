#pragma once

#include <memory>
#include <span>

#include "base/embedded_file.hpp"
#include "base/result.hpp"
#include "brain/model_cache.hpp"
#include "llm/chat_model.hpp"

namespace offhook::brain {

/// The built-in chat model: no weights, no network. It chooses its dialogue by ChatRequest::agent among
/// the given agent files (agents/*.yaml; their `brain:` sections, see README.md); an unknown agent gets
/// a polite general one. It keeps nothing between requests: the state of a conversation is worked out
/// anew from its messages, and the same request gives the same answer, byte for byte.
///
/// Only tools named in the request are ever called. An answer comes as a few TextDeltas, or as one
/// ToolCallReady; a farewell may come with the tool that hangs up (`endCall` before `end_call`), and
/// the answer after that tool's result is then empty.
///
/// A request for JSON is answered with structured_answer(); what cannot be filled is invalid_argument.
///
/// The files and the cache of trained models (null: none) are not needed afterwards. Errors: invalid_argument naming
/// file and fault.
[[nodiscard]] Result<std::unique_ptr<llm::ChatModel>> make_brain(std::span<const EmbeddedFile> agent_files,
                                                                 ModelCache* models = nullptr);

}  // namespace offhook::brain
