package dev.tribunal.local.generate;

import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.TextStream;
import dev.tribunal.languagemodel.sampling.SampledCompletion;
import dev.tribunal.languagemodel.sampling.SamplingListener;
import java.util.ArrayList;
import java.util.List;

/**
 * One completion a prompt, sampled together and told in the order of the prompts: the text of the first unfinished one
 * as it comes, of those after it when their turn has come.
 */
public final class InOrder implements SamplingListener {

    private final List<Telling> tellings = new ArrayList<>();
    private final Receiver receiver;
    private int turn;

    /** Hears of one completion after the other. */
    public interface Receiver {

        /** More of the completion's text. */
        void text(String part);

        /** All of its text has been told. */
        void finished(SampledCompletion completion);
    }

    private static final class Telling {

        private final TextStream stream;
        private final StringBuilder untold = new StringBuilder();
        private final List<SampledCompletion> finished = new ArrayList<>(1);

        private Telling(ChatTokenizer tokenizer) {
            stream = new TextStream(tokenizer);
        }
    }

    public InOrder(int prompts, ChatTokenizer tokenizer, Receiver receiver) {
        for (int i = 0; i < prompts; i++) {
            tellings.add(new Telling(tokenizer));
        }
        this.receiver = receiver;
    }

    @Override
    public void drawn(int prompt, int sample, int id) {
        Telling telling = tellings.get(prompt);
        telling.untold.append(telling.stream.add(id));
        if (prompt == turn) {
            tell(telling);
        }
    }

    @Override
    public void finished(SampledCompletion completion) {
        Telling telling = tellings.get(completion.prompt());
        telling.untold.append(telling.stream.pending());
        telling.finished.add(completion);
        while (turn < tellings.size() && !tellings.get(turn).finished.isEmpty()) {
            tell(tellings.get(turn));
            receiver.finished(tellings.get(turn).finished.getFirst());
            turn++;
        }
        if (turn < tellings.size()) {
            tell(tellings.get(turn));
        }
    }

    private void tell(Telling telling) {
        if (!telling.untold.isEmpty()) {
            receiver.text(telling.untold.toString());
            telling.untold.setLength(0);
        }
    }
}
