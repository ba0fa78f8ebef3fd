package dev.tribunal.contracts.common;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The least and the most that a number may be. Of a parameter the service holds to it; of a record's
 * component the service does that takes it, with all other mistakes. The schema says it in both cases.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
public @interface Within {

    long min() default 0;

    long max() default Long.MAX_VALUE;
}
