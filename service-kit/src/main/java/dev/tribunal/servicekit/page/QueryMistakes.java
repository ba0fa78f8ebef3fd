package dev.tribunal.servicekit.page;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.servicekit.error.CommonError;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.json.JsonPointers;
import java.util.List;

/** Refuses a query as a body with mistakes is refused: 422, each parameter with its name as the pointer. */
public final class QueryMistakes {

    private QueryMistakes() {}

    /** @param detail such as {@code is 0, must be 1 to 200} */
    public static TribunalException of(String parameter, String detail) {
        return of(List.of(mistake(parameter, detail)));
    }

    public static FieldError mistake(String parameter, String detail) {
        return new FieldError(JsonPointers.child("", parameter), detail);
    }

    public static TribunalException of(List<FieldError> mistakes) {
        FieldError first = mistakes.getFirst();
        return new TribunalException(
                CommonError.INVALID_REQUEST,
                mistakes.size() == 1
                        ? "The query has a mistake: " + first.pointer() + " " + first.detail() + "."
                        : "The query has " + mistakes.size() + " mistakes.",
                mistakes);
    }
}
