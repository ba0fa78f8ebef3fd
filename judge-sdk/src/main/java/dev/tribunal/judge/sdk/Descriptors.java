package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;

/** What a service tells of its judge. */
final class Descriptors {

    private Descriptors() {}

    /** The judge's own words, and the schema of its parameters where their type tells it. */
    static JudgeDescriptor of(Judge judge) {
        JudgeDescriptor own = judge.descriptor();
        return own.parameters() == null && judge instanceof TypedJudge<?> typed
                ? own.withParameters(ParameterSchema.of(typed.parameterType()))
                : own;
    }
}
