package dev.tribunal.reward.scoring;

import dev.tribunal.languagemodel.AdamW;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.ModelConfiguration;
import dev.tribunal.languagemodel.ScoringModel;
import dev.tribunal.languagemodel.WeightType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One token a character; the score is the number of tokens, and NaN for a text with a '?'. Only scores. */
final class LengthModel implements ScoringModel {

    static final int POSITIONS = 32;

    /** The sizes of the batches that were scored. */
    final List<Integer> batches = new ArrayList<>();

    boolean closed;

    @Override
    public ModelConfiguration configuration() {
        return new ModelConfiguration("llama", 256, 8, 8, 1, 1, 1, 8, POSITIONS, 1e-5, 10000, true);
    }

    @Override
    public ChatTokenizer tokenizer() {
        return new Characters();
    }

    @Override
    public float[] scores(List<int[]> sequences) {
        batches.add(sequences.size());
        float[] scores = new float[sequences.size()];
        for (int i = 0; i < scores.length; i++) {
            int[] ids = sequences.get(i);
            scores[i] = new String(ids, 0, ids.length).contains("?") ? Float.NaN : ids.length;
        }
        return scores;
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public ForwardPass forward(List<int[]> sequences) {
        throw new UnsupportedOperationException();
    }

    @Override
    public double step(AdamW adamW) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void save(Path directory, WeightType weightType) {
        throw new UnsupportedOperationException();
    }

    private static final class Characters implements ChatTokenizer {

        @Override
        public int[] encode(String text) {
            return text.chars().toArray();
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public String render(List<ChatMessage> messages, boolean generationPrompt) {
            return String.join("|", messages.stream().map(ChatMessage::content).toList());
        }

        @Override
        public int[] endOfSequenceIds() {
            return new int[] {0};
        }

        @Override
        public int vocabularySize() {
            return 256;
        }
    }
}
