package dev.tribunal.judge.llm;

import java.util.regex.Pattern;

/**
 * How models that are served elsewhere mark turns. A server reads these spellings as special tokens wherever they stand,
 * so a completion that holds one could end its turn and answer for the judge.
 */
final class Turns {

    private static final Pattern MARKS = Pattern.compile(String.join(
            "|",
            "<[|｜][^<>|｜]{1,64}[|｜]>", // ChatML, Llama 3, Phi, GPT-OSS; DeepSeek with its own bar and blank
            "</?s>|<(bos|eos|pad|unk)>|<(start|end)_of_turn>", // Llama 2, Gemma
            "\\[/?(INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)]|<</?SYS>>", // Mistral, Llama 2
            "\\[gMASK]|\\[(CLS|SEP|MASK|PAD|UNK)]|\\[?<sop>]?", // GLM, BERT's
            "<\\|?(im_start|im_end|endoftext|eot_id)\\|?>",
            "</?think>"));

    private static final int MOST_PASSES = 16;

    private Turns() {}

    /** Until there is none left: taking one out can make another. */
    static String without(String text) {
        String before = text;
        for (int pass = 0; pass < MOST_PASSES; pass++) {
            String after = MARKS.matcher(before).replaceAll("");
            if (after.equals(before)) {
                return after;
            }
            before = after;
        }
        return before.replaceAll("[<>\\[\\]|｜]", ""); // nested on purpose: no mark is left without these
    }
}
