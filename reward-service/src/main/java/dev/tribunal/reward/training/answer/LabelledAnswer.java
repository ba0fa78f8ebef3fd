package dev.tribunal.reward.training.answer;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.methods.rewardmodel.Moslim;
import dev.tribunal.servicekit.files.Conversation;
import dev.tribunal.servicekit.files.JsonLines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/**
 * A completion with what people said of it by itself.
 *
 * @param messages the prompt, oldest turn first
 * @param rating 0 where there are classes
 * @param classes the index of each head's class, -1 where nobody said; none where there is a rating
 */
public record LabelledAnswer(List<Message> messages, String completion, double rating, List<Integer> classes) {

    private static final int NOT_SAID = -1;

    public LabelledAnswer {
        messages = List.copyOf(messages);
        classes = List.copyOf(classes);
    }

    /**
     * Reads JSON lines of {@code prompt} or {@code messages}, {@code completion} and {@code rating}.
     *
     * @param each given one answer after the other, which are not kept
     * @throws JsonLines.InvalidLinesException naming each bad line by its number
     * @throws CancellationException if the thread is interrupted
     */
    public static void readRated(Path file, Consumer<LabelledAnswer> each) {
        read(file, each, line -> new LabelledAnswer(Conversation.of(line), completion(line), rating(line), List.of()));
    }

    /** As {@link #readRated}, with {@code labels} in place of {@code rating}: the class of some of the heads at least. */
    public static void readClassified(Path file, List<Moslim.ClassHead> heads, Consumer<LabelledAnswer> each) {
        read(
                file,
                each,
                line -> new LabelledAnswer(
                        Conversation.of(line), completion(line), 0, classes(line.path("labels"), heads)));
    }

    private interface Parse {
        LabelledAnswer of(JsonNode line);
    }

    private static void read(Path file, Consumer<LabelledAnswer> each, Parse parse) {
        JsonLines.read(file, line -> {
            if (Thread.currentThread().isInterrupted()) {
                throw new CancellationException("interrupted while reading " + file);
            }
            each.accept(parse.of(line));
            return Boolean.TRUE;
        });
    }

    private static String completion(JsonNode line) {
        String completion = Conversation.answer(line, "completion");
        if (completion == null) {
            throw new IllegalArgumentException("'completion' is missing");
        }
        return completion;
    }

    private static double rating(JsonNode line) {
        JsonNode rating = line.path("rating");
        if (!rating.isNumber() || !Double.isFinite(rating.asDouble())) {
            throw new IllegalArgumentException(
                    "'rating' is " + (rating.isMissingNode() ? "missing" : "not a finite number"));
        }
        return rating.asDouble();
    }

    private static List<Integer> classes(JsonNode labels, List<Moslim.ClassHead> heads) {
        if (!labels.isObject() || labels.isEmpty()) {
            throw new IllegalArgumentException(
                    "'labels' is " + (labels.isMissingNode() ? "missing" : "not an object with the class of a head"));
        }
        for (String name : labels.propertyNames()) {
            if (heads.stream().noneMatch(head -> head.name().equals(name))) {
                throw new IllegalArgumentException("'labels' has '" + name + "', but the heads are "
                        + heads.stream().map(Moslim.ClassHead::name).toList());
            }
        }
        List<Integer> classes = new ArrayList<>();
        for (Moslim.ClassHead head : heads) {
            JsonNode said = labels.path(head.name());
            classes.add(said.isMissingNode() || said.isNull() ? NOT_SAID : index(head, said));
        }
        return classes;
    }

    /** A class may be a number in the file, and is a text in the registration. */
    private static int index(Moslim.ClassHead head, JsonNode said) {
        int index = said.isValueNode() ? head.classes().indexOf(said.asString()) : NOT_SAID;
        if (index < 0) {
            throw new IllegalArgumentException(
                    "'" + head.name() + "' is " + said + ", but its classes are " + head.classes());
        }
        return index;
    }
}
