import JSON

/// Fields that ask for what the server cannot do: refused, never ignored.
enum UnsupportedFields {
  /// The fields of both kinds of completion, each with the values that ask for nothing.
  private static let common: [(name: String, harmless: [JSON])] = [
    ("use_beam_search", [false]), ("length_penalty", [1]), ("structured_outputs", []),
    ("guided_json", []), ("guided_regex", []), ("guided_choice", []), ("guided_grammar", []),
    ("guided_json_object", [false]), ("guided_decoding_backend", []), ("logits_processors", [[]]),
    ("functions", [[]]), ("function_call", ["none"]),
    ("lora_request", []), ("speculative_config", []), ("logprob_token_ids", [[]]),
    ("priority", [0]), ("stream_interval", [1]), ("cache_salt", []),
    ("kv_transfer_params", []), ("ec_transfer_params", []), ("vllm_xargs", [[:]]),
    ("repetition_detection", []), ("thinking_token_budget", [-1]), ("watermarking", [false]),
    ("return_weight_versions", [false]), ("routed_experts_prompt_start", []),
    ("return_token_offsets", [false]), ("mm_payload", []), ("media_io_kwargs", []),
    ("mm_processor_kwargs", []), ("return_prompt_text", [false]), ("audio", []),
  ]

  /// Refuses what `fields` asks for in vain.
  static func check(_ fields: RequestFields) throws(APIError) {
    for (name, harmless) in common {
      guard let value = fields[name], !harmless.contains(value) else { continue }
      throw .invalid("`\(name)` is not supported", name)
    }
    if let format = fields["response_format"], format["type"] != "text" {
      throw .invalid("`response_format` other than text is not supported", "response_format")
    }
    let hasTools = fields["tools"].map { $0 != [] } ?? false
    switch fields["tool_choice"] {
    case "none": break
    case nil where !hasTools: break
    case nil, "auto":
      guard hasTools else {
        throw .invalid("When using `tool_choice`, `tools` must be set.", "tool_choice")
      }
      throw .invalid(
        "\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set",
        "tool_choice"
      )
    default:
      guard hasTools else {
        throw .invalid("When using `tool_choice`, `tools` must be set.", "tool_choice")
      }
      throw .invalid("`tool_choice` other than none is not supported", "tool_choice")
    }
  }
}
