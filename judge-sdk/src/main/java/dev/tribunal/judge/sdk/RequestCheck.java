package dev.tribunal.judge.sdk;

import dev.tribunal.contracts.chat.Message;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.JudgeItem;
import dev.tribunal.contracts.judge.v1.PromptItem;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a request's items, all at once, by JSON pointer. Nothing that came over HTTP is trusted. */
public final class RequestCheck {

    private static final int MAX_ID = 200;

    private RequestCheck() {}

    /**
     * @param items as they were read: they, and what is in them, may be absent whatever their types say
     * @param pointer where the items stand in the request
     */
    public static List<FieldError> items(@Nullable List<? extends @Nullable JudgeItem> items, String pointer) {
        return each(items, pointer, JudgeItem::itemId, (item, at) -> {
            List<FieldError> errors = new ArrayList<>();
            if (item.completion() == null || item.completion().text() == null) {
                errors.add(new FieldError(at + "/completion/text", "is missing"));
            }
            errors.addAll(messages(item.messages(), at + "/messages"));
            return errors;
        });
    }

    /** The same of items without a completion. */
    public static List<FieldError> prompts(@Nullable List<? extends @Nullable PromptItem> items, String pointer) {
        return each(items, pointer, PromptItem::itemId, (item, at) -> messages(item.messages(), at + "/messages"));
    }

    private static <T> List<FieldError> each(
            @Nullable List<? extends @Nullable T> items,
            String pointer,
            Function<T, @Nullable String> id,
            BiFunction<T, String, List<FieldError>> check) {
        if (items == null) {
            return List.of(new FieldError(pointer, "is missing; send a list of items"));
        }
        List<FieldError> errors = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < items.size(); i++) {
            T item = items.get(i);
            String at = pointer + "/" + i;
            if (item == null) {
                errors.add(new FieldError(at, "is null"));
                continue;
            }
            String itemId = id.apply(item);
            if (itemId == null || itemId.isBlank() || itemId.length() > MAX_ID) {
                errors.add(new FieldError(at + "/itemId", "must have 1 to " + MAX_ID + " characters"));
            } else if (!seen.add(itemId)) {
                errors.add(new FieldError(at + "/itemId", "'" + itemId + "' stands here twice"));
            }
            errors.addAll(check.apply(item, at));
        }
        return errors;
    }

    private static List<FieldError> messages(List<Message> messages, String pointer) {
        List<FieldError> errors = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (blank(messages.get(i).role())) {
                errors.add(new FieldError(pointer + "/" + i + "/role", "is missing"));
            }
            if (messages.get(i).content() == null) {
                errors.add(new FieldError(pointer + "/" + i + "/content", "is missing"));
            }
        }
        return errors;
    }

    public static boolean blank(@Nullable String text) {
        return text == null || text.isBlank();
    }
}
