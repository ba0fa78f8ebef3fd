package dev.tribunal.judge.llm;

import dev.tribunal.judge.openai.OpenAiServer.Candidate;
import dev.tribunal.judge.sdk.ItemVerdict;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How likely the two tokens are as the next one, as log-probabilities (natural).
 *
 * @param bounded which of the two is only known to be at most that likely; null if neither
 */
record Odds(double satisfied, double violated, @Nullable Token bounded) {

    enum Token {
        SATISFIED,
        VIOLATED
    }

    /** Rounding may lift a log-probability a little above 0; more is not a log-probability. */
    private static final double ROUNDING = 1e-3;

    static Odds of(double satisfied, double violated) {
        return new Odds(satisfied, violated, null);
    }

    /**
     * From a server's list of the likeliest first tokens. Spellings that differ in space before the word are the same
     * answer, and their probabilities are added. A token that is not in the list is at most as likely as the last that is.
     *
     * @return a verdict that is undecided if the list says nothing of either
     */
    static Result of(List<Candidate> candidates, JudgeTemplate template) {
        if (candidates.isEmpty()) {
            return new Result.None(ItemVerdict.undecided("no_logprobs", "the server gave no log-probabilities"));
        }
        if (candidates.stream().anyMatch(c -> Double.isNaN(c.logProb()) || c.logProb() > ROUNDING)) {
            return new Result.None(ItemVerdict.undecided(
                    "non_finite_answer", "the server gave what is not a log-probability: " + shown(candidates)));
        }
        double satisfied = sum(candidates, template.satisfiedToken());
        double violated = sum(candidates, template.violatedToken());
        double last = candidates.stream().mapToDouble(Candidate::logProb).min().orElseThrow();
        boolean noSatisfied = satisfied == Double.NEGATIVE_INFINITY;
        boolean noViolated = violated == Double.NEGATIVE_INFINITY;
        if (noSatisfied && noViolated) {
            return new Result.None(ItemVerdict.undecided(
                    "no_answer",
                    "neither '" + template.satisfiedToken() + "' nor '" + template.violatedToken() + "' is among the "
                            + candidates.size() + " likeliest replies: " + shown(candidates)));
        }
        if (noSatisfied) {
            return new Result.Some(new Odds(last, violated, Token.SATISFIED));
        }
        return new Result.Some(noViolated ? new Odds(satisfied, last, Token.VIOLATED) : of(satisfied, violated));
    }

    sealed interface Result {
        record Some(Odds odds) implements Result {}

        record None(ItemVerdict why) implements Result {}
    }

    static boolean listed(List<Candidate> candidates, String token) {
        return sum(candidates, token) > Double.NEGATIVE_INFINITY;
    }

    private static double sum(List<Candidate> candidates, String token) {
        double sum = candidates.stream()
                .filter(candidate -> word(candidate.token()).equals(word(token)))
                .mapToDouble(candidate -> Math.exp(candidate.logProb()))
                .sum();
        return Math.log(sum);
    }

    /** Without the space before it, which some servers write as the vocabulary does. */
    private static String word(String token) {
        return token.replaceAll("^[\\sĠ▁]+|\\s+$", "");
    }

    /** The first few, for a person. */
    static String shown(List<Candidate> candidates) {
        return candidates.stream()
                .limit(4)
                .map(candidate ->
                        String.format(Locale.ROOT, "'%s' (%.3f)", candidate.token(), Math.exp(candidate.logProb())))
                .collect(Collectors.joining(", "));
    }

    /**
     * The score is {@code p(satisfied) / (p(satisfied) + p(violated))}; satisfied from the threshold on. Where a token is
     * only bounded the score is too, and the verdict stands only if it is the same at both ends.
     */
    ItemVerdict verdict(double threshold, JudgeTemplate template) {
        // p / (p + q) from log p and log q, without underflow
        double score = 1 / (1 + Math.exp(violated - satisfied));
        if (Double.isNaN(satisfied) || Double.isNaN(violated) || !Double.isFinite(score)) {
            return ItemVerdict.undecided(
                    "non_finite_answer", "the model's log-probabilities are " + satisfied + " and " + violated);
        }
        String reason = String.format(
                Locale.ROOT,
                "p(%s) %s %.4f, p(%s) %s %.4f",
                template.satisfiedToken(),
                bounded == Token.SATISFIED ? "<=" : "=",
                Math.exp(satisfied),
                template.violatedToken(),
                bounded == Token.VIOLATED ? "<=" : "=",
                Math.exp(violated));
        double otherEnd = bounded == null ? score : bounded == Token.VIOLATED ? 1 : 0;
        return (score >= threshold) == (otherEnd >= threshold)
                ? new ItemVerdict.Decided(score >= threshold, score, reason)
                : ItemVerdict.undecided("token_unlisted", reason + ": either verdict is possible");
    }
}
