/**
 * SQL over the cold tables, by DuckDB inside this process.
 *
 * <p>{@link io.thermocline.query.DuckDbSqlEngine} runs each statement in a database of its own that
 * can see just the data files of the topics the statement names, and nothing else of this machine.
 */
package io.thermocline.query;
