package dev.tribunal.judge.sdk.conformance;

import dev.tribunal.contracts.chat.CompletionText;
import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.judge.v1.CheckRequest;
import dev.tribunal.contracts.judge.v1.EvaluateRequest;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgeReference;
import dev.tribunal.contracts.judge.v1.PromptItem;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistration.Fixture;
import dev.tribunal.judge.sdk.conformance.JudgeConformance.Expected;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** What the checks ask: the fixtures' items, under ids of our own. */
record ConformanceRequests(Expected expected) {

    /** Stands in where there are no fixtures, so that the protocol can be checked all the same. */
    private static final JudgeItem ANY = new JudgeItem(
            "any",
            List.of(Message.user("Say something.")),
            new CompletionText("Something.", "stop"),
            Map.of(),
            Map.of());

    /** One item a fixture, in their order; never empty. */
    List<JudgeItem> items() {
        return items(Math.max(1, expected.fixtures().size()));
    }

    /** The fixtures' items, again and again. */
    List<JudgeItem> items(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> named(
                        "fixture-" + i,
                        expected.fixtures().isEmpty() ? ANY : fixture(i).item()))
                .toList();
    }

    /** The fixture that an item of {@link #items(int)} comes from. */
    Fixture fixture(int item) {
        return expected.fixtures().get(item % expected.fixtures().size());
    }

    /** The first item with another completion. */
    JudgeItem with(CompletionText completion) {
        JudgeItem item = items().getFirst();
        return new JudgeItem("odd", item.messages(), completion, item.reference(), item.metadata());
    }

    EvaluateRequest request(List<JudgeItem> items) {
        return request(items, expected.timeout());
    }

    EvaluateRequest request(List<JudgeItem> items, Duration deadline) {
        return new EvaluateRequest(EvaluateRequest.randomId(), deadline.toMillis(), null, reference(), items);
    }

    /** About the fixtures' prompts, without their completions. */
    CheckRequest check() {
        return new CheckRequest(
                reference(),
                items().stream()
                        .map(item -> new PromptItem(item.itemId(), item.messages(), item.reference(), item.metadata()))
                        .toList());
    }

    private JudgeReference reference() {
        return new JudgeReference(
                Objects.requireNonNull(expected.name()), Objects.requireNonNull(expected.version()), Map.of());
    }

    private static JudgeItem named(String itemId, JudgeItem item) {
        return new JudgeItem(itemId, item.messages(), item.completion(), item.reference(), item.metadata());
    }
}
