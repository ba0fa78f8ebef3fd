package dev.tribunal.contracts.runs.v1.run;

import org.jspecify.annotations.Nullable;

/**
 * A token of a completion.
 *
 * @param text what it adds to the text: empty for a special token, and for one that begins a character which a later one
 *     ends
 * @param logProb natural, under the policy that sampled it
 * @param referenceLogProb likewise under the reference; absent without one
 */
public record TokenResource(
        int id, String text, double logProb, @Nullable Double referenceLogProb) {}
