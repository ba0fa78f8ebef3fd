/**
 * HTTP to OpenAI-compatible servers: vLLM, SGLang, llama.cpp, text-generation-inference, Ollama, OpenAI itself.
 *
 * <p>Input: messages or a text; output: a completion with the log-probabilities of its first token, or the pieces of a
 * text. Addresses, deadlines and sizes are guarded as those of judges are.
 */
@NullMarked
package dev.tribunal.judge.openai;

import org.jspecify.annotations.NullMarked;
