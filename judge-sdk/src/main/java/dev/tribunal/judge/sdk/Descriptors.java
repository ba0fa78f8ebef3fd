package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.PromptItem;
import java.util.Arrays;

/** What a service tells of its judge. */
public final class Descriptors {

    private Descriptors() {}

    /** The judge's own words, and what its type tells: the schema of its parameters, and whether it checks items. */
    public static JudgeDescriptor of(Judge judge) {
        JudgeDescriptor own = judge.descriptor();
        if (own.parameters() == null && judge instanceof TypedJudge<?> typed) {
            own = own.withParameters(ParameterSchema.of(typed.parameterType()));
        }
        return checksItems(judge) ? own.withCheckOfItems() : own;
    }

    /** Whether one of the two methods is the judge's own; that of a typed judge takes its record. */
    private static boolean checksItems(Judge judge) {
        return Arrays.stream(judge.getClass().getMethods())
                .filter(method -> method.getName().equals("checkItem") && !method.isBridge())
                .filter(method -> method.getParameterCount() == 2 && method.getParameterTypes()[0] == PromptItem.class)
                .map(method -> method.getDeclaringClass())
                .anyMatch(owner -> owner != Judge.class && owner != TypedJudge.class);
    }
}
