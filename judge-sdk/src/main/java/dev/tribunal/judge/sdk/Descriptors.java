package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.judge.v1.JudgeDescriptor;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.servicekit.openapi.Schemas;
import java.util.Arrays;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What a service tells of its judge. */
public final class Descriptors {

    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private Descriptors() {}

    /** The judge's own words, and what its type tells: the schema of its parameters, and whether it checks items. */
    public static JudgeDescriptor of(Judge judge) {
        JudgeDescriptor own = judge.descriptor();
        if (own.parameters() == null && judge instanceof TypedJudge<?> typed) {
            own = own.withParameters(JSON.convertValue(Schemas.written(typed.parameterType()), OBJECT));
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
