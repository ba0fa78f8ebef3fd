package dev.tribunal.languagemodel.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.tribunal.languagemodel.ChatMessage;
import dev.tribunal.languagemodel.ChatTokenizer;
import dev.tribunal.languagemodel.CheckpointException;
import dev.tribunal.languagemodel.checkpoint.Companions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A checkpoint's {@code tokenizer.json}, run by the Hugging Face tokenizers library. */
public final class HuggingFaceChatTokenizer implements ChatTokenizer, AutoCloseable {

    private final Path checkpoint;
    private final HuggingFaceTokenizer tokenizer;
    private final Optional<ChatTemplate> template;
    private final Supplier<LocalDateTime> now = TemplateDate.of(System.getenv());
    private final int vocabularySize;
    private final List<String> specialTokens;
    private final Optional<TurnEnd> turnEnd;
    private final int[] endOfSequenceIds;
    private final boolean turnEndIsListed;

    private HuggingFaceChatTokenizer(Path checkpoint, Companions companions, HuggingFaceTokenizer tokenizer) {
        this.checkpoint = checkpoint;
        this.tokenizer = tokenizer;
        template = ChatTemplate.of(checkpoint, companions);
        TokenizerFile file = TokenizerFile.read(companions.files().getOrDefault(Companions.TOKENIZER, new byte[0]));
        vocabularySize = file.vocabularySize();
        specialTokens = file.specialTokens();
        turnEnd = template.flatMap(chat -> TurnEnd.of(chat, now, this::encode, specialTokens));
        Set<Integer> listed = listedEnds(companions);
        endOfSequenceIds = withTurnEnd(listed);
        turnEndIsListed = turnEnd.isEmpty() || listed.contains(turnEnd.get().id());
    }

    /** @throws CheckpointException if the tokenizer cannot be read, or nothing says which token ends a text */
    public static HuggingFaceChatTokenizer of(Path checkpoint, Companions companions) {
        byte[] json = companions.files().get(Companions.TOKENIZER);
        // Nothing is added to a text and nothing cut off: that is the caller's business.
        Map<String, String> options =
                Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false", "modelMaxLength", "-1");
        try {
            HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options);
            return new HuggingFaceChatTokenizer(checkpoint, companions, tokenizer);
        } catch (IOException | RuntimeException unreadable) {
            if (unreadable instanceof CheckpointException named) {
                throw named;
            }
            Path file = checkpoint.resolve(Companions.TOKENIZER);
            throw new CheckpointException(file, file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    @Override
    public boolean hasChatTemplate() {
        return template.isPresent();
    }

    @Override
    public int[] encode(String text) {
        return encode(text, false);
    }

    @Override
    public int[] encodeWithSpecialTokens(String text) {
        int[] bare = encode(text, false);
        int[] whole = encode(text, true);
        boolean doubled = whole.length > bare.length && bare.length > 0 && whole[0] == bare[0] && whole[1] == bare[0];
        return doubled ? Arrays.copyOfRange(whole, 1, whole.length) : whole;
    }

    private int[] encode(String text, boolean specialTokens) {
        return Arrays.stream(tokenizer.encode(text, specialTokens, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public String withoutSpecialTokens(String text) {
        String without = text;
        for (String before = ""; !before.equals(without); ) { // what is left of two halves may be a whole
            before = without;
            for (String token : specialTokens) {
                without = without.replace(token, "");
            }
        }
        return without;
    }

    @Override
    public String decode(int[] ids) {
        return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), true);
    }

    @Override
    public String render(List<ChatMessage> messages, boolean generationPrompt) {
        return template.orElseThrow(() -> new CheckpointException(
                        checkpoint,
                        checkpoint + " has no chat template: put one into " + Companions.CHAT_TEMPLATE
                                + ", or as chat_template into " + Companions.TOKENIZER_CONFIGURATION
                                + "; of several with names, one must be named 'default'"))
                .render(messages, generationPrompt, now);
    }

    @Override
    public int[] endOfSequenceIds() {
        return endOfSequenceIds.clone();
    }

    @Override
    public int endOfTurnId() {
        return turnEnd.map(TurnEnd::id).orElse(endOfSequenceIds[0]);
    }

    /** The token that the chat template ends an assistant's turn with, if no file lists it as one that ends a text. */
    public Optional<String> unlistedTurnEnd() {
        return turnEndIsListed ? Optional.empty() : turnEnd.map(TurnEnd::token);
    }

    @Override
    public int vocabularySize() {
        return vocabularySize;
    }

    /** All that any file lists, in order: each may name what the others leave out. */
    private Set<Integer> listedEnds(Companions companions) {
        Set<Integer> ends = new LinkedHashSet<>();
        for (String file : List.of(Companions.GENERATION, Companions.CONFIGURATION)) {
            JsonNode ids = companions.json(file).path("eos_token_id");
            (ids.isArray() ? ids.valueStream() : Stream.of(ids))
                    .filter(id -> id.isInt() && id.asInt() >= 0)
                    .forEach(id -> ends.add(id.asInt()));
        }
        Optional.ofNullable(ChatTemplate.specialTokens(companions).get("eos_token"))
                .map(this::encode)
                .filter(ids -> ids.length == 1)
                .ifPresent(ids -> ends.add(ids[0]));
        return ends;
    }

    private int[] withTurnEnd(Set<Integer> listed) {
        Set<Integer> ends = new LinkedHashSet<>(listed);
        turnEnd.ifPresent(end -> ends.add(end.id()));
        if (ends.isEmpty()) {
            throw new CheckpointException(
                    checkpoint,
                    checkpoint + " does not say which token ends a text: give eos_token_id in "
                            + Companions.GENERATION);
        }
        return ends.stream().mapToInt(Integer::intValue).toArray();
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
