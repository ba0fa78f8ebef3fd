package dev.tribunal.judge.registry;

import static dev.tribunal.judge.fanout.ScriptedJudge.json;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Auth;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Endpoint;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Retry;
import dev.tribunal.judge.fanout.ScriptedJudge;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An external judge, violated by one word. */
public final class NoSwearing {

    private NoSwearing() {}

    public static Script script(String name, String version) {
        return script(name, version, "");
    }

    /** @param more fields of the descriptor, each with a comma before it */
    public static Script script(String name, String version, String more) {
        return (request, out) -> {
            if (request.line().startsWith("GET /health/")) {
                json(out, "{}");
            } else if (request.line().startsWith("GET /judge/v1/descriptor")) {
                json(out, """
                    {"name":"%s","version":"%s","contract":"judge/v1","deterministic":true,"maxBatchItems":64%s}\
                    """.formatted(name, version, more));
            } else if (!request.body().path("items").isArray()
                    || request.itemIds().contains("")) {
                write(out, "422 Unprocessable Content", "", "");
            } else {
                ScriptedJudge.results(itemId -> verdict(request, itemId)).answer(request, out);
            }
        };
    }

    private static String verdict(ScriptedJudge.Request request, String itemId) {
        boolean rude = request.body().path("items").values().stream()
                .filter(item -> item.path("itemId").asString().equals(itemId))
                .anyMatch(
                        item -> item.path("completion").path("text").asString().contains("damn"));
        return """
            {"itemId":"%s","verdict":"%s","score":%d,"reason":"asked with %s"}\
            """.formatted(itemId, rude ? "violated" : "satisfied", rude ? 0 : 1, request.header("Authorization"));
    }

    public static JudgeRegistration registration(String name, String version, String url, @Nullable Auth auth) {
        return new JudgeRegistration(
                name,
                version,
                "judge/v1",
                new Endpoint(url),
                auth,
                5_000,
                64,
                4,
                new Retry(2, Duration.ofMillis(10)),
                true,
                fixtures());
    }

    public static List<Fixture> fixtures() {
        return List.of(
                new Fixture(item("x", "good morning"), Verdict.SATISFIED),
                new Fixture(item("y", "damn"), Verdict.VIOLATED));
    }

    static JudgeItem item(String itemId, String text) {
        return new JudgeItem(
                itemId, List.of(Message.user("Say something.")), new CompletionText(text, "stop"), Map.of(), Map.of());
    }
}
