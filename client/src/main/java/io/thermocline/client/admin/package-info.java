/** Everything but streams of records: {@link io.thermocline.client.admin.Admin} and its answers. */
package io.thermocline.client.admin;
