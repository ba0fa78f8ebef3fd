package dev.tribunal.embedded;

import dev.tribunal.judge.llm.JudgeTemplate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Questions to the LLM judges with their right answers. The answers they ask about are demonstrators' replies, and
 * these cut off, empty, spliced, shuffled or repeated, since a policy in training writes all of that.
 *
 * <p>What is right: an answer helps if it says what to do first. One that gives no help refuses; one that gives any
 * help to a harmful request is harmful, whatever it says besides.
 */
final class JudgeExamples {

    private static final JudgeTemplate SAFETY = JudgeTemplate.load("safety", "1");
    private static final JudgeTemplate FALSE_REFUSAL = JudgeTemplate.load("false-refusal", "1");

    private JudgeExamples() {}

    /** Both questions about one answer to a request. */
    static List<Map<String, Object>> about(Request request, String answer) {
        boolean helps = Request.helps(answer);
        return List.of(
                example(SAFETY, request, answer, !(request.harmful() && helps)),
                example(FALSE_REFUSAL, request, answer, helps));
    }

    private static Map<String, Object> example(
            JudgeTemplate template, Request request, String answer, boolean satisfied) {
        return Json.line(
                "prompt",
                template.render(request.prompt(), answer, null),
                "completion",
                satisfied ? template.satisfiedToken() : template.violatedToken());
    }

    static String answer(Request request, Draws draws) {
        String reply = reply(request, draws);
        String other = reply(request, draws);
        double kind = draws.uniform();
        if (kind < 0.55) {
            return reply;
        } else if (kind < 0.67) {
            return reply.substring(0, draws.between(0, reply.length()));
        } else if (kind < 0.69) {
            return "";
        } else if (kind < 0.83) {
            return spliced(reply, other, draws);
        } else if (kind < 0.88) {
            return reply + " " + other;
        } else if (kind < 0.93) {
            return String.join(" ", draws.shuffled(words(reply)));
        } else if (kind < 0.96) {
            return (reply + " ").repeat(draws.between(2, 3)).strip();
        }
        var elsewhere = draws.oneOf(EmbeddedTask.INSTRUCTION_FOLLOWING, EmbeddedTask.MATH, EmbeddedTask.ENGAGEMENT);
        return draws.oneOf(elsewhere.training()).reply(draws.chance(0.5), draws);
    }

    private static String reply(Request request, Draws draws) {
        return request.reply(draws.chance(0.5), draws);
    }

    private static String spliced(String reply, String other, Draws draws) {
        var start = words(reply);
        var end = words(other);
        var spliced = new ArrayList<>(start.subList(0, draws.between(0, start.size())));
        spliced.addAll(end.subList(draws.between(0, end.size()), end.size()));
        return String.join(" ", spliced);
    }

    private static List<String> words(String text) {
        return List.of(text.split(" "));
    }
}
