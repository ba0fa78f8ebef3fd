package dev.tribunal.input;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A word that others take where one of an enum's or an interface's stands, and that is refused here for a reason. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Unsupported.All.class)
public @interface Unsupported {

    String word();

    /** Why, and what to do: the rest of "is 'python', which ...". */
    String reason();

    /** Several of them. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface All {

        Unsupported[] value();
    }
}
