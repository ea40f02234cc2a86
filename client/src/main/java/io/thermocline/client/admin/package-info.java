/** What {@link io.thermocline.client.Admin} answers. */
package io.thermocline.client.admin;
