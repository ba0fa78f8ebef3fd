package dev.tribunal.input;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a component of a record is when it is left out. A component with neither this, {@link DefaultFrom} nor
 * {@code @Nullable} has to be given.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {

    /**
     * JSON; a text that is not JSON stands for itself, so that {@code constant} needs no quotes. With {@code null} it may
     * be absent where a person writes it, and nowhere else.
     */
    String value();
}
