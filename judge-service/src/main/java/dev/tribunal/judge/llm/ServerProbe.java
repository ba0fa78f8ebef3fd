package dev.tribunal.judge.llm;

import dev.tribunal.contracts.judge.v1.registry.JudgeResource.Check;
import dev.tribunal.judge.openai.OpenAiServer.Candidate;
import dev.tribunal.judge.openai.OpenAiServer.Completion;
import dev.tribunal.judge.sdk.Deadline;
import dev.tribunal.servicekit.outbound.CallFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether a server can answer as its judge needs: each of the two replies is one token, and log-probabilities of first
 * tokens are given. The gate begins with this.
 */
record ServerProbe(ServedJudge judge, Duration timeout) {

    List<Check> checks() {
        return List.of(check("tokens", this::tokens), check("logprobs", this::logprobs));
    }

    /** As far as the server tells how it cuts a text. */
    private String tokens() throws CallFailure {
        List<String> wrong = new ArrayList<>();
        for (String reply : replies()) {
            Optional<List<String>> alone = judge.server().tokenize(reply, Deadline.after(timeout));
            if (alone.isEmpty()) {
                return "the server has no /tokenize; what it replies is looked at instead";
            }
            if (alone.get().size() != 1 && !oneTokenAfterSpace(reply)) {
                wrong.add("'" + reply + "' is " + alone.get().size() + " tokens of this model: "
                        + alone.get().stream().map(piece -> "'" + piece + "'").collect(Collectors.joining(", ")));
            }
        }
        if (!wrong.isEmpty()) {
            throw new Failure(String.join("; ", wrong) + "; set llm.satisfied and llm.violated to words of one token");
        }
        return "one token each";
    }

    private boolean oneTokenAfterSpace(String reply) throws CallFailure {
        return judge.server()
                .tokenize(" " + reply.strip(), Deadline.after(timeout))
                .filter(pieces -> pieces.size() == 1)
                .isPresent();
    }

    /** A model that is told what to reply has that reply among its likeliest. */
    private String logprobs() throws CallFailure {
        for (String reply : replies()) {
            String word = reply.strip();
            Completion completion = judge.reply(
                    judge.template().raw()
                            ? "Say: " + word + "\nReply: " + word + "\n\nSay: " + word + "\nReply:"
                            : "Reply with the one word " + word + " and nothing else.",
                    Deadline.after(timeout));
            List<Candidate> likeliest = completion.firstToken();
            if (likeliest.isEmpty()) {
                throw new Failure("the server answered without log-probabilities; choose a server and a model that"
                        + " give them: vLLM, SGLang, llama.cpp, text-generation-inference, Ollama from 0.12.11,"
                        + " OpenAI's models that do not reason");
            }
            if (likeliest.stream().allMatch(candidate -> candidate.token().startsWith("token_id:"))) {
                throw new Failure("the server gives ids in place of tokens; start vLLM without"
                        + " --return-tokens-as-token-ids");
            }
            if (!Odds.listed(likeliest, reply)) {
                throw new Failure("told to reply '" + word
                        + "' and nothing else, the model's likeliest first tokens are "
                        + Odds.shown(likeliest) + "; choose replies that are one token of it, or if it thinks first,"
                        + " switch that off in llm.model.options");
            }
        }
        return "the model's likeliest first tokens hold the reply it is told";
    }

    private List<String> replies() {
        return List.of(judge.template().satisfiedToken(), judge.template().violatedToken());
    }

    private static Check check(String name, Step step) {
        try {
            return new Check(name, true, step.run());
        } catch (Failure e) {
            return new Check(name, false, e.getMessage());
        } catch (CallFailure e) {
            return new Check(name, false, advised(String.valueOf(e.getMessage())));
        }
    }

    private static String advised(String refusal) {
        return refusal.matches("(?s).*(logprobs|top_n_tokens).*")
                ? refusal + "; set llm.model.topLogProbs to what the server allows (text-generation-inference: 5, or"
                        + " start it with --max-top-n-tokens 20), or choose a model that gives log-probabilities"
                : refusal;
    }

    @FunctionalInterface
    private interface Step {
        String run() throws CallFailure;
    }

    private static final class Failure extends RuntimeException {
        Failure(String message) {
            super(message, null, false, false);
        }
    }
}
