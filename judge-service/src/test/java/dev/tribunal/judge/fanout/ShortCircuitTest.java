package dev.tribunal.judge.fanout;

import static dev.tribunal.judge.fanout.ScriptedJudge.results;
import static dev.tribunal.judge.fanout.ScriptedJudge.satisfied;
import static dev.tribunal.judge.fanout.ScriptedJudge.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.JudgementRequest;
import dev.tribunal.contracts.judge.v1.JudgementResponse;
import dev.tribunal.contracts.judge.v1.JudgementResponse.JudgeVerdict;
import dev.tribunal.contracts.judge.v1.Verdict;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Kind;
import dev.tribunal.judge.fanout.ScriptedJudge.Script;
import dev.tribunal.judge.rules.text.LengthJudge;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Judges that are asked one after the other, only about what nobody has found violated yet. */
class ShortCircuitTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private static final Script SECOND_IS_VIOLATED =
            results(itemId -> """
        {"itemId":"%s","verdict":"%s"}\
        """.formatted(itemId, itemId.equals("item-1") ? "violated" : "satisfied"));

    private final Panel panel = Panel.withoutCache();

    @AfterEach
    void close() {
        panel.close();
    }

    @Test
    void whatOneJudgeFoundViolatedIsKeptFromTheNext() {
        try (ScriptedJudge strict = new ScriptedJudge(SECOND_IS_VIOLATED);
                ScriptedJudge next = new ScriptedJudge(satisfied())) {
            panel.connect("strict", strict.url(), TIMEOUT);
            panel.connect("next", next.url(), TIMEOUT.plusSeconds(1));

            JudgementResponse response = panel.ask(shortCircuit("next", "strict"));

            assertThat(Panel.codes(response, 0)).containsExactly("SATISFIED", "NOT_ASKED", "SATISFIED");
            assertThat(Panel.codes(response, 1)).containsExactly("SATISFIED", "VIOLATED", "SATISFIED");
            assertThat(next.requests())
                    .singleElement()
                    .satisfies(request -> assertThat(request.itemIds()).containsExactly("item-0", "item-2"));
            JudgeVerdict notAsked = response.items().get(1).verdicts().getFirst();
            assertThat(notAsked.judge() + "@" + notAsked.version()).isEqualTo("next@1");
            assertThat(notAsked.reason()).isEqualTo("strict@1 had found it violated");
            assertThat(notAsked.attempts()).isZero();
            assertThat(notAsked.score()).isNull();
            assertThat(notAsked.error()).as("nothing went wrong").isNull();
        }
    }

    @Test
    void withoutTheChoiceEverybodyIsAskedAboutEverything() {
        try (ScriptedJudge strict = new ScriptedJudge(SECOND_IS_VIOLATED);
                ScriptedJudge next = new ScriptedJudge(satisfied())) {
            panel.connect("strict", strict.url(), TIMEOUT);
            panel.connect("next", next.url(), TIMEOUT);

            JudgementResponse response = panel.ask("next", "strict");

            assertThat(Panel.codes(response, 0)).containsOnly("SATISFIED");
            assertThat(Panel.codes(response, 1)).containsExactly("SATISFIED", "VIOLATED", "SATISFIED");
        }
    }

    @Test
    void rulesComeFirstThenServicesThenLanguageModels() {
        try (ScriptedJudge model = new ScriptedJudge(satisfied());
                ScriptedJudge service = new ScriptedJudge(results(itemId -> """
                    {"itemId":"%s","verdict":"violated"}\
                    """.formatted(itemId)))) {
            panel.connect(new Panel.Version("model", Kind.LLM, "sha256:m", true), model.url(), Duration.ofSeconds(1));
            panel.connect("service", service.url(), TIMEOUT);
            panel.seat(new LengthJudge(), Kind.RULE);
            List<JudgeItem> items = List.of(Panel.item("long", "one two three"), Panel.item("short", "one"));
            var judges = List.of(
                    Panel.references("model").getFirst(),
                    Panel.references("service").getFirst(),
                    new dev.tribunal.contracts.judge.v1.JudgeReference("length", "1", Map.of("maxWords", 2)));

            JudgementResponse response = panel.ask(new JudgementRequest("jr_1", null, judges, items, true, null));

            assertThat(response.items().get(0).verdicts())
                    .extracting(JudgeVerdict::verdict)
                    .containsExactly(Verdict.NOT_ASKED, Verdict.NOT_ASKED, Verdict.VIOLATED);
            assertThat(response.items().get(1).verdicts())
                    .extracting(JudgeVerdict::verdict)
                    .containsExactly(Verdict.NOT_ASKED, Verdict.VIOLATED, Verdict.SATISFIED);
            assertThat(model.requests()).as("nothing is left for it").isEmpty();
        }
    }

    @Test
    void anUndecidedVerdictStopsNothing() {
        try (ScriptedJudge sick = new ScriptedJudge((request, out) -> write(out, "422 No", "", ""));
                ScriptedJudge strict = new ScriptedJudge(SECOND_IS_VIOLATED)) {
            panel.connect("sick", sick.url(), TIMEOUT);
            panel.connect("strict", strict.url(), TIMEOUT.plusSeconds(1));

            JudgementResponse response = panel.ask(shortCircuit("sick", "strict"));

            assertThat(Panel.codes(response, 0)).containsOnly("http_422");
            assertThat(Panel.codes(response, 1)).containsExactly("SATISFIED", "VIOLATED", "SATISFIED");
        }
    }

    @Test
    void oneDeadlineCoversThemAll() {
        try (ScriptedJudge hung = new ScriptedJudge((request, out) -> Thread.sleep(TIMEOUT));
                ScriptedJudge late = new ScriptedJudge(satisfied())) {
            panel.connect("hung", hung.url(), TIMEOUT);
            panel.connect("late", late.url(), TIMEOUT.plusSeconds(1));

            JudgementResponse response = panel.ask(
                    new JudgementRequest("jr_1", null, Panel.references("hung", "late"), Panel.items(3), true, 500L));

            assertThat(Panel.codes(response, 0)).containsOnly("timeout");
            assertThat(Panel.codes(response, 1)).containsOnly("timeout");
            assertThat(late.requests()).isEmpty();
        }
    }

    private static JudgementRequest shortCircuit(String... judges) {
        return new JudgementRequest("jr_1", null, Panel.references(judges), Panel.items(3), true, null);
    }
}
