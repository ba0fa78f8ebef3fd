package dev.tribunal.contracts.common;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a text, or each of a list, may be. Of a parameter the service holds to the length; of a record's
 * component the service does that takes it. The schema says it in both cases.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Text {

    /** In characters. */
    int max() default Integer.MAX_VALUE;

    /** A regular expression that the whole text matches, in the form that Java and ECMA-262 share. */
    String pattern() default "";

    /** The words of an enum, if it has to be one of them. */
    Class<?> words() default void.class;
}
