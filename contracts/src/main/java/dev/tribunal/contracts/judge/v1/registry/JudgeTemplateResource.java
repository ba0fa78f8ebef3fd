package dev.tribunal.contracts.judge.v1.registry;

/**
 * A question that ships: what an LLM judge asks, word for word. It never changes.
 *
 * @param question with <code>{prompt}</code>, <code>{completion}</code>, <code>{reference}</code> and <code>{fence}</code> to be filled in
 * @param satisfied the reply that is good, one token
 * @param violated the reply that is bad, one token
 */
public record JudgeTemplateResource(String name, String version, String question, String satisfied, String violated) {}
